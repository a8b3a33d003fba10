-- Which occurrence of a recurring task comes next when its next one is claimed.
--- @include recurrence

-- An occurrence that is less late than this is not missed.
local MISSED_AFTER_MS = 1000
-- Where all missed occurrences are made up for, the most of them, and the pause between two.
local MOST_MADE_UP, PACE_MS = 1000, 50

-- The latest occurrence that is due by `ms`. The one behind the next must be.
local function latest_by(header, ms)
  return header.occurrence + 1 + math.floor((ms - due_of(header, header.occurrence + 1)) / header.interval)
end

-- The same, and not before the next one.
local function next_or_latest_by(header, ms)
  return math.max(header.occurrence, latest_by(header, ms))
end

-- The last occurrence by the end that was set.
local function last_of(header, recurrence)
  local last = recurrence.last > 0 and recurrence.last or math.huge
  if recurrence.until_ms == 0 then return last end
  return math.min(last, next_or_latest_by(header, recurrence.until_ms))
end

-- The occurrence to deliver next. It is a later one if occurrences were missed.
local function choose(header, now)
  local recurrence = recurrence_of(header)
  if now - due_of(header, header.occurrence) < MISSED_AFTER_MS then return header.occurrence end
  local missed = recurrence and recurrence.missed
  if missed == MISSED_SKIP then return next_or_latest_by(header, now - MISSED_AFTER_MS) + 1 end
  local latest = next_or_latest_by(header, now)
  if missed == MISSED_ALL then latest = math.max(header.occurrence, latest - MOST_MADE_UP + 1) end
  return recurrence and math.max(header.occurrence, math.min(latest, last_of(header, recurrence))) or latest
end

-- The same for a task that recurs by a calendar: of the times that are known, those before it are removed. Returns besides when
-- the latest one that came before it was due.
local function choose_by_calendar(header, times, latest, now)
  local recurrence, occurrence = recurrence_of(header), header.occurrence
  local leaves_out = recurrence and recurrence.missed == MISSED_SKIP
  while times[1] and now - times[1] >= MISSED_AFTER_MS do
    local behind_ms = times[2]
    local goes_on = behind_ms and behind_ms <= now and has_occurrence(header, occurrence + 1, behind_ms)
    if not leaves_out and not goes_on then break end
    latest, occurrence = math.max(latest, table.remove(times, 1)), occurrence + 1
  end
  return occurrence, latest
end

-- When the next occurrence waits for its claim, which is due at due_ms.
local function paced(header, due_ms, now)
  local recurrence = recurrence_of(header)
  if recurrence and recurrence.missed == MISSED_ALL and due_ms < now then return now + PACE_MS end
  return due_ms
end
