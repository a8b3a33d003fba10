#!lua flags=allow-oom
--- Stores a piece of an execution's output.
-- ARGV: client, member, token, sequence (pieces, from 0), offset (bytes), chunk, most bytes of the client in this partition
-- Reply: 0 the token is not the current one; 1 done
-- Cost: O(log n + pieces and attempts that are dropped).
--- @include executions/output

local client, member, token, sequence, offset, chunk, budget = unpack(ARGV)
local state, id, _, is_leased = find_held(client, member, token)
if not state or not is_leased then return 0 end
local _, attempts, occurrence = unpack_state(state)
keep_output(client, id, occurrence, attempts, sequence, offset, chunk, tonumber(budget), now_ms())
return 1
