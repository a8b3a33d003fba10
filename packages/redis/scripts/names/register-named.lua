--- Registers tasks that names are reserved for, each once: whoever repeats it gets the time of the first.
-- ARGV: slice ms, notice ms, number of policies, (policy hash, policy)…,
--       (Unix ms until which it may be registered, and as in register.lua: task id, delay ms, Unix ms or 0 for the delay,
--       interval ms, client, policy hash, parts, payload)…
-- Reply: per task {ms at which it is due first, 1 when it was registered now or 0 before}, or {} when it is too late: its
--        name may stand for another task by now.
-- Cost: O(log n) per task.
--- @include register-tasks

local now = now_ms()
local tasks_at = 4 + 2 * tonumber(ARGV[3])

local function register(register_by, id, delay, at, interval, client, policy, parts, payload)
  local receipt = redis.call('GET', receipt_prefix .. id)
  if receipt then return { tonumber(receipt), 0 } end
  if now > tonumber(register_by) then return {} end
  local due_ms = due_by(now, tonumber(delay), tonumber(at), tonumber(interval))
  register_task(id, due_ms, tonumber(interval), client, policy, parts, payload)
  redis.call('SET', receipt_prefix .. id, string.format('%d', due_ms))
  return { due_ms, 1 }
end

local reply = {}
for i = tasks_at, #ARGV, 9 do
  reply[#reply + 1] = register(unpack(ARGV, i, i + 8))
end
finish_registrations(now, 4, tasks_at - 1)
return reply
