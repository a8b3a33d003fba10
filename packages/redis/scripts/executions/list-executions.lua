--- The newest of a client's tasks that daemons carry out, and how many there are.
-- ARGV: client, type ('' = all), statuses separated by spaces, limit
-- Reply: how many in all, (created ms, task id)… the newest first
-- Cost: O(types × statuses × (log n + limit)).
--- @include executions/executions

local client, type, statuses, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local known_types = execution_prefix .. 'types:' .. client
local now = now_ms()
local MOST_TIDIED = 200
tidy_lists(now, MOST_TIDIED)

local found, total = {}, 0
for _, one in ipairs(type == '' and redis.call('SMEMBERS', known_types) or { type }) do
  for status in statuses:gmatch('%S+') do
    local list = execution_prefix .. 'list:' .. client .. ':' .. one .. ':' .. status
    total = total + redis.call('ZCARD', list)
    local newest = redis.call('ZREVRANGE', list, 0, limit - 1, 'WITHSCORES')
    for i = 1, #newest, 2 do
      found[#found + 1] = { newest[i + 1], newest[i] }
    end
  end
end
table.sort(found, function(a, b) return tonumber(a[1]) > tonumber(b[1]) or (a[1] == b[1] and a[2] > b[2]) end)
local reply = { total }
for i = 1, math.min(limit, #found) do
  reply[#reply + 1] = found[i][1]
  reply[#reply + 1] = found[i][2]
end
return reply
