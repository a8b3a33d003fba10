#!lua flags=allow-oom
--- Fires a task now. A task that fires once is due now; so is a retry that waits. Of a recurring task an occurrence more is due now, and
--- the schedule goes on as it was.
-- ARGV: as lib/change-task.lua says
-- Reply: as lib/change-task.lua says; what it tells of is the occurrence that is due now
-- Cost: O(log n), and the payload of a recurring task is copied.
--- @include change-task

local id, now = ARGV[3], now_ms()
local header, refusal = changeable(id, ARGV[4])
if refusal then return refusal end
if is_paused(header) then return { -1, IS_PAUSED } end

-- Returns its due time.
local function fire_once()
  local state = only_occurrence(id)
  local member = state and member_of(id, 1) or id
  local due_ms = waiting_due(member, header.client)
  if due_ms <= now then return due_ms end
  if not state then set_first(id, header, now) end
  remove_waiting(member, header.client)
  enter_due(member, now)
  list_task(id, header, now)
  return now
end

local function fire_one_more()
  local occurrence, member = header.occurrence, member_of(id, header.occurrence)
  local due_ms, behind_ms = due_of(header, occurrence), not calendar_of(header) and due_of(header, occurrence + 1)
  enter_due(member, now)
  redis.call('HSET', occurrences, member, pack_state(NO_TOKEN, 0, occurrence, now, ''))
  header.occurrence = occurrence + 1
  local recurrence = recurrence_of(header)
  if recurrence then
    recurrence.open = recurrence.open + 1
    set_part(header, RECURRENCE_PART, header.parts[RECURRENCE_PART]:sub(1, OPEN_OFFSET) .. pack_open(recurrence))
  end
  if behind_ms then set_phase(header, due_ms, behind_ms) end
  write_record(id, header)
  return { 0, occurrence, now, header.in_flight > 0 and 1 or 0 }
end

local reply
if header.interval > 0 then
  reply = fire_one_more()
else
  if is_under_way(id, header) then return { -1, BEGUN } end
  reply = done(id, header, fire_once())
end
write_moves(now)
tell_event('fired', header.client, id, reply[2], 0, 'due', reply[3])
return reply
