#!lua flags=allow-oom
--- A daemon begins what it was offered: its lease begins, and the attempt counts.
-- ARGV: client, member, token
-- Reply: 1, or 0 when the token is not the current one. Accepted again is no error.
-- Cost: O(log n).
--- @include executions/executions

local client, member, token = ARGV[1], ARGV[2], ARGV[3]
local now = now_ms()
local state, id, header, is_leased = find_held(client, member, token)
if not state then return 0 end
if is_leased then return 1 end
if has_expired(member, header, now) then return 0 end
local _, attempts, occurrence, scheduled, history = unpack_state(state)
redis.call('ZREM', offers, member)
redis.call('ZREM', expiring, member)
lease(member, pack_state(token, attempts + 1, occurrence, scheduled, history), now + execution_of(header).lease_ms)
count_in_flight(id, header, 1)
list_execution(id, header, 'pending', 'running')
redis.call('HSET', report_key(id), 'started', now, 'updated', now)
redis.call('HDEL', report_key(id), 'progress', 'report')
tell_execution('running', header, id, occurrence, attempts + 1, 'daemon', redis.call('HGET', holders, member) or '')
write_moves(now)
return 1
