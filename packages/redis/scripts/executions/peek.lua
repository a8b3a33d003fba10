--- How urgent a client's most urgent ready executions are.
-- ARGV: client, limit, type…; '*' alone = all
-- Reply: scores of at most `limit` of each type, in no order
-- Cost: O(types × log n + limit).
--- @include executions/executions executions/ready-types

local reply = {}
for _, name in ipairs(ready_names(ARGV[1], 3)) do
  local found = redis.call('ZRANGE', ready_set(name), 0, tonumber(ARGV[2]) - 1, 'WITHSCORES')
  for i = 2, #found, 2 do
    reply[#reply + 1] = found[i]
  end
end
return reply
