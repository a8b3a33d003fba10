#!lua flags=allow-oom
--- Enters tasks at others that they wait for.
-- ARGV: (client, task id, id of who waits for it; '' = is only asked about)…
-- Reply: per triple 0 it is entered, or could be; otherwise the state in which the task ended; -1 the client has no such task;
--        -2 only a newer release can read it; -3 it recurs, when only asked about: it never completes
-- Cost: O(log n) per triple.
--- @include executions/dependencies

local NOT_FOUND, TOO_NEW, RECURS = -1, -2, -3

local function link(client, id, dependant)
  local header = load_header(id)
  if not header then return NOT_FOUND end
  if header.kind == UNREADABLE then return TOO_NEW end
  if header.client ~= client or not execution_of(header) then return NOT_FOUND end
  if header.interval > 0 and dependant == '' then return RECURS end
  if header.kind == ENDED then return header.state end
  if dependant ~= '' then redis.call('ZADD', dependants_of(id), 0, dependant) end
  return 0
end

local reply = {}
for i = 1, #ARGV, 3 do
  reply[#reply + 1] = link(ARGV[i], ARGV[i + 1], ARGV[i + 2])
end
return reply
