-- Tasks that recur by a calendar. A script can't evaluate a cron expression. So the record holds the times of the next
-- occurrences, and services add more before they are used up. `calendars` names the tasks that lack some. The interval of
-- such a task is 1 ms, which means that it recurs, but not by an interval.
--
-- calendar part: u8 how many times | 3 × u48 due ms of the next occurrences, ascending | u48 due ms of the latest one that
--                was claimed (0 = none) | u8 n | n bytes time zone | cron expression
--- @include partition parts
local MOST_TIMES = 3
local CALENDAR_INTERVAL_MS = 1
-- In front of the time zone.
local TIMES_BYTES = 25

-- The times of a task's next occurrences, and when the latest one was due. Nil when it doesn't recur by a calendar.
local function calendar_of(header)
  local part = header.parts[CALENDAR_PART]
  if not part then return nil end
  local count, first, second, third, latest = struct.unpack('>BI6I6I6I6', part)
  local known, times = { first, second, third }, {}
  for i = 1, count do
    times[i] = known[i]
  end
  return times, latest
end

local function lacks_times(header)
  local times = calendar_of(header)
  return times and #times == 0
end

local function pack_times(times, latest)
  return struct.pack('>BI6I6I6I6', #times, times[1] or 0, times[2] or 0, times[3] or 0, latest)
end

-- Sets them, and patches them in the record.
local function set_times(id, header, times, latest)
  local packed = pack_times(times, latest)
  patch_part(id, header, CALENDAR_PART, 0, packed)
  header.parts[CALENDAR_PART] = packed .. header.parts[CALENDAR_PART]:sub(TIMES_BYTES + 1)
end

-- Asks services for more times.
local function ask_for_times(id, now)
  redis.call('ZADD', calendars, 'NX', now, id)
end
