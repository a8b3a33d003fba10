#!lua flags=allow-oom
--- Cancels a client's task that daemons carry out. What runs is ended by its daemon, which is told.
-- ARGV: client, task id, reason
-- Reply: {} there is no such task of this client; {state} it had ended already; {0} cancelled; {1} its daemon is told
-- Cost: O(log n).
--- @include executions/end-execution

local client, id, reason = ARGV[1], ARGV[2], ARGV[3]
local header = readable(load_header(id))
if not header or header.client ~= client or not execution_of(header) then return {} end
if header.kind == ENDED then return { header.state } end
local runs = cancel_execution(id, header, reason)
finish_ends()
return { runs and 1 or 0 }
