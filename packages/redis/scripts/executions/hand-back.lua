#!lua flags=allow-oom
--- A daemon gives back an execution that it was offered or runs. The attempt is not counted, and the daemon is not offered
--- the execution again for a while.
-- ARGV: client, member, token
-- Reply: 1, or 0 when the token is not the current one.
-- Cost: O(log n).
--- @include executions/executions

local now = now_ms()
local state, id, header, is_leased = find_held(ARGV[1], ARGV[2], ARGV[3])
if not state then return 0 end
back_to_ready(id, header, ARGV[2], state, is_leased, now)
write_moves(now)
return 1
