#!lua flags=allow-oom
--- Lets a paused task go on. Of a recurring task, what would have been due during the pause is left out, and the schedule goes on in
--- its phase; a task that fires once is due as before, so at once if that time has passed. A task that is not paused stays
--- as it is.
-- ARGV: as lib/change-task.lua says
-- Reply: as lib/change-task.lua says
-- Cost: O(log n) per occurrence of the task that is held, and the payload is copied.
--- @include change-task

local id, now = ARGV[3], now_ms()
local header, refusal = changeable(id, ARGV[4])
if refusal then return refusal end
if not is_paused(header) then return done(id, header, next_due(id, header)) end

local function was_due_during_pause(due_ms)
  return due_ms <= now and due_ms > paused_since(header)
end

local function leave_out_by_calendar(times, latest)
  local left = {}
  for _, due_ms in ipairs(times) do
    if not was_due_during_pause(due_ms) then left[#left + 1] = due_ms end
  end
  if #left == #times then return end
  header.occurrence = header.occurrence + #times - #left
  set_calendar(header, left, math.max(latest, now))
  ask_for_times(id, now)
end

local function leave_out_missed()
  local times, latest = calendar_of(header)
  if times then return leave_out_by_calendar(times, latest) end
  if header.interval == 0 or not was_due_during_pause(due_of(header, header.occurrence)) then return end
  local is_one = due_of(header, header.occurrence + 1) > now
  header.occurrence = is_one and header.occurrence + 1 or latest_by(header, now) + 1
end

leave_out_missed()
set_part(header, PAUSED_PART, nil)
write_record(id, header)
set_going(id, header)
write_moves(now)
local due_ms = next_due(id, header)
tell_event('resumed', header.client, id, header.occurrence, 0, 'due', due_ms)
return done(id, header, due_ms)
