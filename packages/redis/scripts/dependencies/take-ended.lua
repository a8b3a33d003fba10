--- Tasks that have ended and whose dependants were not told yet, with some of those.
-- ARGV: most dependants
-- Reply: per task {task id, state in which it ended, id of who waits for it…}
-- Cost: O(log n + dependants).
--- @include executions/dependencies

local MOST_TASKS = 200
local room, reply = tonumber(ARGV[1]), {}
for _, entry in ipairs(redis.call('ZRANGE', outbox, 0, MOST_TASKS - 1)) do
  if room == 0 then break end
  local id, state = entry:match('^(%S+) (%d+)$')
  local dependants = redis.call('ZRANGE', dependants_of(id), 0, room - 1)
  room = room - #dependants
  reply[#reply + 1] = { id, state, unpack(dependants) }
end
return reply
