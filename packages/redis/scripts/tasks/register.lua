--- Registers tasks: record, due index and client index, and the delivery policies that they use.
-- ARGV: slice ms, notice ms, number of policies, (policy hash, policy)…,
--       (task id, delay ms, Unix ms or 0 for the delay, interval ms, client, policy hash, parts, payload)…
-- Reply: per task the ms at which it is due first. A task that is there already keeps its time, so that a call that is
--        repeated after a lost reply changes nothing.
-- Cost: O(log n) per task.
--- @include register-tasks

local now = now_ms()
local tasks_at = 4 + 2 * tonumber(ARGV[3])
local reply = {}
for i = tasks_at, #ARGV, 8 do
  local id, delay, at, interval, client, policy, parts, payload = unpack(ARGV, i, i + 7)
  local due_ms = due_by(now, tonumber(delay), tonumber(at), tonumber(interval))
  local is_new = register_task(id, due_ms, tonumber(interval), client, policy, parts, payload)
  reply[#reply + 1] = is_new and due_ms or readable(load_header(id)).first
end
finish_registrations(now, 4, tasks_at - 1)
return reply
