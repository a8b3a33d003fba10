#!lua flags=allow-oom
--- A client's daemons that have a stream. Removes those whose time is over.
-- ARGV: client
-- Reply: (hello (JSON), whether it takes nothing new (1 or 0), ms until it is forgotten)…
-- Cost: O(daemons).
--- @include executions/daemons

local client = ARGV[1]
local now = now_ms()
local reply = {}
local all = redis.call('HGETALL', daemons_of(client))
for i = 1, #all, 2 do
  local entry = find_daemon(client, all[i], now)
  if entry then
    reply[#reply + 1] = entry.hello
    reply[#reply + 1] = entry.draining and 1 or 0
    reply[#reply + 1] = entry.until_ms - now
  else
    redis.call('HDEL', daemons_of(client), all[i])
  end
end
return reply
