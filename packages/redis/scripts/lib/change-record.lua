-- Changes of the record of a task that has not ended.
--- @include record

-- Writes the record anew with what its header says by now. payload: nil = the one that it has.
local function write_record(id, header, payload)
  payload = payload or redis.call('GET', record_prefix .. id):sub(header.rest_at)
  local record = pack_record(header.first, header.interval, header.policy, header.client, header.packed_parts, payload,
    header.occurrence, header.in_flight)
  redis.call('SET', record_prefix .. id, record)
end

-- Sets a part of a header; value: nil = none. It takes effect by write_record.
local function set_part(header, tag, value)
  header.packed_parts = without_part(header.packed_parts, tag) .. (value and pack_part(tag, value) or '')
  header.parts = read_parts(header.packed_parts)
end

-- When a recurring task's next occurrence is due, and the one behind it.
local function set_phase(header, due_ms, behind_ms)
  set_part(header, PHASE_PART, struct.pack('>I6I6I6', header.occurrence, due_ms, behind_ms))
end

-- The times of the next occurrences of a task that recurs by a calendar.
local function set_calendar(header, times, latest)
  local zone_and_expression = header.parts[CALENDAR_PART]:sub(TIMES_BYTES + 1)
  set_part(header, CALENDAR_PART, pack_times(times, latest) .. zone_and_expression)
end

-- When a task is due that fires once, and was not attempted yet.
local function set_first(id, header, due_ms)
  header.first = due_ms
  redis.call('SETRANGE', record_prefix .. id, 1, struct.pack('>I6', due_ms))
end
