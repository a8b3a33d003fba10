#!lua flags=allow-oom
--- Cancels a task of a client: no attempt is begun after this, and a recurring task recurs no more. Retries of a
--- recurring task's earlier occurrences are dropped by the claim that meets them.
-- ARGV: task id, client, retention ms
-- Reply: {} there is no such task of this client
--        {state} it had ended already
--        {0, 1 or 0} cancelled; 1 = an attempt is under way, and its worker is told: if it has not begun yet, it won't
-- Cost: O(log n).
--- @include transitions end-task executions/end-execution

local id, client, retention_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
local header = readable(load_header(id))
if not header or header.client ~= client then return {} end
if header.kind == ENDED then return { header.state } end

if execution_of(header) then
  local runs = cancel_execution(id, header, '')
  finish_ends()
  return { 0, runs and 1 or 0 }
end

local under_way, history = withdraw(id, header)
end_task(id, header, CANCELLED, due_of(header, header.occurrence), header.occurrence, retention_ms, history)
finish_ends()
tell_event('cancelled', client, id, header.occurrence, 0)
return { 0, under_way and 1 or 0 }
