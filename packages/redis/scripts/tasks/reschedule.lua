#!lua flags=allow-oom
--- Changes when a task is due next, its interval, and its payload, each if asked for. A firing that has begun is not changed: of a
--- task that fires once nothing is changed then. A recurring task keeps its phase if only its next occurrence is moved.
-- ARGV: as lib/change-task.lua says; then delay ms ('' = none), Unix ms ('' = none), interval ms ('' = none), 1 if the phase
--       begins anew with the new time, 1 if there is a payload, payload, the most bytes of one over UDP
-- Reply: as lib/change-task.lua says
-- Cost: O(log n), and per occurrence of the task that is held; the payload of a recurring task is copied.
--- @include change-task

local id, now = ARGV[3], now_ms()
local delay, at, interval = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local new_phase, payload, most_over_udp = ARGV[8] == '1', ARGV[9] == '1' and ARGV[10] or nil, tonumber(ARGV[11])
local header, refusal = changeable(id, ARGV[4])
if refusal then return refusal end

local new_due_ms = delay and now + delay or at and math.max(at, now)

local function refusal_of_change()
  if header.interval == 0 and (interval or new_phase) then return RECURS_NOT end
  if interval == 0 then return RECURS end
  if calendar_of(header) and (interval or new_phase) then return BY_CALENDAR end
  if not payload or #payload <= most_over_udp then return nil end
  local callback = cjson.decode(redis.call('HGET', policies, header.policy)).callback
  if callback.protocol == 'UDP' then return TOO_LARGE end
end

-- Returns when it is due.
local function change_once(state)
  if not new_due_ms then
    if payload then write_record(id, header, payload) end
    return next_due(id, header)
  end
  if state then
    -- It was given back before it was attempted. Its next claim is a first one again.
    remove_waiting(member_of(id, 1), header.client)
    if is_paused(header) then let_go(id) end
    redis.call('HDEL', occurrences, member_of(id, 1))
  end
  header.first = new_due_ms
  if payload then write_record(id, header, payload) else set_first(id, header, new_due_ms) end
  move_next(id, header, new_due_ms)
  return new_due_ms
end

-- The first time behind `ms` in the phase that the task has, and behind the occurrence that is moved.
local function behind_in_phase(ms)
  local behind_ms = due_of(header, header.occurrence + 1)
  if ms < behind_ms then return behind_ms end
  return due_of(header, latest_by(header, ms) + 1)
end

local function change_phase()
  local due_ms = new_due_ms or due_of(header, header.occurrence)
  local begins_anew = new_phase or interval
  header.interval = interval or header.interval
  set_phase(header, due_ms, begins_anew and due_ms + header.interval or behind_in_phase(due_ms))
end

local function change_calendar()
  local times, latest = calendar_of(header)
  local changed = { new_due_ms }
  for i = 2, #times do
    if times[i] > new_due_ms then changed[#changed + 1] = times[i] end
  end
  set_calendar(header, changed, math.max(latest, times[1] or 0))
  if #changed < MOST_TIMES then ask_for_times(id, now) end
end

local function change_recurring()
  if not calendar_of(header) and (new_due_ms or interval) then
    change_phase()
  elseif new_due_ms then
    change_calendar()
  end
  write_record(id, header, payload)
  if new_due_ms then move_next(id, header, new_due_ms) end
  return next_due(id, header)
end

local why = refusal_of_change()
if why then return { -1, why } end
local due_ms
if header.interval > 0 then
  due_ms = change_recurring()
else
  local state, _, attempts = only_occurrence(id)
  if attempts > 0 then return { -1, BEGUN } end
  due_ms = change_once(state)
end
write_moves(now)
tell_event('rescheduled', header.client, id, header.occurrence, 0, 'due', due_ms)
return done(id, header, due_ms)
