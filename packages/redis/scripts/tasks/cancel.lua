#!lua flags=allow-oom
--- Cancels a task of a client: no attempt is begun after this, and a recurring task recurs no more. Retries of a
--- recurring task's earlier occurrences are dropped by the claim that meets them.
-- ARGV: task id, client, retention ms
-- Reply: {} there is no such task of this client
--        {state} it had ended already
--        {0, 1 or 0} cancelled; 1 = an attempt is under way, and its worker is told: if it has not begun yet, it won't
-- Cost: O(log n).
--- @include partition record end-task

local id, client, retention_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
local header = readable(load_header(id))
if not header or header.client ~= client then return {} end
if header.kind == ENDED then return { header.state } end

redis.call('ZREM', due, id)
local under_way = header.in_flight > 0
local due_ms, occurrence, history = due_of(header, header.occurrence), header.occurrence, ''
if header.interval == 0 then
  local member = member_of(id, 1)
  under_way = redis.call('ZREM', leases, member) == 1
  local state = redis.call('HGET', occurrences, member)
  if state then
    history = select(5, unpack_state(state))
    redis.call('HDEL', occurrences, member)
    if not under_way then redis.call('ZREM', due, member) end
  end
  due_ms, occurrence = header.first, 1
end
end_task(id, header, CANCELLED, due_ms, occurrence, retention_ms, history)
finish_ends()
if under_way then redis.call('PUBLISH', wake_channel, 'cancelled ' .. id) end
return { 0, under_way and 1 or 0 }
