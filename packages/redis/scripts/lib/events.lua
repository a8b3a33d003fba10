-- Events: what became of a client's tasks, a stream for each client. Whoever follows a client's events makes its stream, so
-- that a client whom nobody follows costs one command a script. Layouts are in docs/redis-keys.md.
--- @include partition
local MOST_EVENTS = 10000
local not_followed = {}

-- What else is told, as names and values in turn, comes behind the attempt.
local function tell_event(event, client, id, occurrence, attempt, ...)
  if not_followed[client] then return end
  local entry = redis.call('XADD', event_prefix .. client, 'NOMKSTREAM', 'MAXLEN', '~', MOST_EVENTS, '*',
    'event', event, 'task', id, 'occurrence', occurrence, 'attempt', attempt, ...)
  if not entry then not_followed[client] = true end
end
