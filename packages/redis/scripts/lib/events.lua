-- Events of tasks, in a stream for each client. The first subscriber creates the stream: without subscribers, events cost
-- one command in each script. Layouts are in docs/redis-keys.md.
--- @include partition
local MOST_EVENTS = 10000
local not_followed = {}

-- Further fields follow the attempt, as names and values in turn.
local function tell_event(event, client, id, occurrence, attempt, ...)
  if not_followed[client] then return end
  local entry = redis.call('XADD', event_prefix .. client, 'NOMKSTREAM', 'MAXLEN', '~', MOST_EVENTS, '*',
    'event', event, 'task', id, 'occurrence', occurrence, 'attempt', attempt, ...)
  if not entry then not_followed[client] = true end
end
