#!lua flags=allow-oom
--- Renews the lease of an execution, and stores its progress.
-- ARGV: client, member, token, progress (JSON; '' = none), percent, message
-- Reply: 0 the token is not the current one, or nobody accepted under it; 1 done; 2 done, and it is to be cancelled
-- Cost: O(log n).
--- @include executions/executions

local client, member, token, progress, percent, message = unpack(ARGV)
local now = now_ms()
local state, id, header, is_leased = find_held(client, member, token)
if not state or not is_leased then return 0 end
extend_lease(member, now + execution_of(header).lease_ms)
if progress ~= '' then
  redis.call('HSET', report_key(id), 'progress', progress, 'updated', now)
  local _, attempts, occurrence = unpack_state(state)
  tell_execution('progress', header, id, occurrence, attempts, 'progress', percent, 'message', message)
end
return redis.call('HEXISTS', cancelling, id) == 1 and 2 or 1
