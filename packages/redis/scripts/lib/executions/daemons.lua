-- Daemons that have a stream, a hash for each client: by daemon id {stream, instance, until_ms, draining, hello} as JSON.
--- @include executions/executions
local function daemons_of(client)
  return execution_prefix .. 'daemons:' .. client
end

-- nil when it has none (any more).
local function find_daemon(client, daemon, now)
  local stored = redis.call('HGET', daemons_of(client), daemon)
  local entry = stored and cjson.decode(stored)
  if entry and entry.until_ms > now then return entry end
end

local function keep_daemon(client, daemon, entry)
  redis.call('HSET', daemons_of(client), daemon, cjson.encode(entry))
end
