--- Tasks that recur by a calendar and have lacked times of their next occurrences for a while.
-- ARGV: for how long, ms; how many to skip; limit
-- Reply: Redis's clock, ms; then per task its id, due ms of its last known time, and its calendar part, '' if it has none
--        any more.
-- Cost: O(log n) per task.
--- @include record

local now = now_ms()
local reply = { now }
local ids = redis.call('ZRANGEBYSCORE', calendars, '-inf', now - tonumber(ARGV[1]), 'LIMIT', ARGV[2], ARGV[3])
for _, id in ipairs(ids) do
  local header = load_header(id)
  local times, latest
  if header and header.kind == LIVE then times, latest = calendar_of(header) end
  reply[#reply + 1] = id
  reply[#reply + 1] = times and (times[#times] or latest) or 0
  reply[#reply + 1] = times and header.parts[CALENDAR_PART] or ''
end
return reply
