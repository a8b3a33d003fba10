#!lua flags=allow-oom
--- Cancels tasks of a client that daemons carry out. What runs is ended by its daemon, which is told.
-- ARGV: client, (task id, reason)…
-- Reply: per task -1 there is no such task of this client; 0 cancelled; 1 its daemon is told; otherwise the state in which it
--        had ended already; -2 only a newer release can read it
-- Cost: O(log n) per task.
--- @include executions/end-execution

local client, NOT_FOUND, TOO_NEW = ARGV[1], -1, -2

local function cancel(id, reason)
  local header = load_header(id)
  if header and header.kind == UNREADABLE then return TOO_NEW end
  if not header or header.client ~= client or not execution_of(header) then return NOT_FOUND end
  if header.kind == ENDED then return header.state end
  return cancel_execution(id, header, reason) and 1 or 0
end

local reply = {}
for i = 2, #ARGV, 2 do
  reply[#reply + 1] = cancel(ARGV[i], ARGV[i + 1])
end
finish_ends()
return reply
