--- Registers tasks that names are reserved for, each once: whoever repeats it gets the time of the first.
-- ARGV: slice ms, notice ms, number of policies, (policy hash, policy)…,
--       (task id, delay ms, interval ms, client, policy hash, payload, Unix ms until which it may be registered)…
-- Reply: per task {ms at which it is due first, 1 when it was registered now or 0 before}, or {} when it is too late: its
--        name may stand for another task by now.
-- Cost: O(log n) per task.
--- @include register-tasks

local now = now_ms()
local tasks_at = 4 + 2 * tonumber(ARGV[3])

local function register(id, delay, interval, client, policy, payload, register_by)
  local receipt = redis.call('GET', receipt_prefix .. id)
  if receipt then return { tonumber(receipt), 0 } end
  if now > register_by then return {} end
  local due_ms = now + delay
  register_task(id, due_ms, interval, client, policy, '', payload)
  redis.call('SET', receipt_prefix .. id, string.format('%d', due_ms))
  return { due_ms, 1 }
end

local reply = {}
for i = tasks_at, #ARGV, 7 do
  local id, delay, interval, client, policy, payload, register_by = unpack(ARGV, i, i + 6)
  reply[#reply + 1] = register(id, tonumber(delay), tonumber(interval), client, policy, payload, tonumber(register_by))
end
finish_registrations(now, 4, tasks_at - 1)
return reply
