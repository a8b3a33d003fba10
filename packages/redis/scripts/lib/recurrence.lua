-- How a recurring task goes on where that is not the default: what becomes of missed occurrences, what of one that is due before
-- its predecessor has ended, and which is the last.
--
-- recurrence part: u8 missed (0 coalesce, 1 all, 2 skip) | u8 overlap (0 allow, 1 skip, 2 after)
--                  | u48 number of the last occurrence (0 = none) | u48 ms until which it recurs (0 = for ever)
--                  | u16 occurrences that have begun and not ended | u48 number of the one that waits for them (0 = none)
--                  | u48 ms at which that one was due
--- @include record
local MISSED_ALL, MISSED_SKIP = 1, 2
local OVERLAP_ALLOW, OVERLAP_AFTER = 0, 2
local OPEN_OFFSET = 14

-- nil where everything is the default.
local function recurrence_of(header)
  local part = header.parts[RECURRENCE_PART]
  if part and not header.recurrence then
    local missed, overlap, last, until_ms, open, waiting, waiting_ms = struct.unpack('>BBI6I6I2I6I6', part)
    header.recurrence = { missed = missed, overlap = overlap, last = last, until_ms = until_ms, open = open,
      waiting = waiting, waiting_ms = waiting_ms }
  end
  return header.recurrence
end

-- The part of it that changes.
local function pack_open(recurrence)
  return struct.pack('>I2I6I6', recurrence.open, recurrence.waiting, recurrence.waiting_ms)
end

local function save_recurrence(id, header)
  patch_part(id, header, RECURRENCE_PART, OPEN_OFFSET, pack_open(header.recurrence))
end

-- Whether a recurring task has an occurrence of this number, due then.
local function has_occurrence(header, occurrence, due_ms)
  local recurrence = recurrence_of(header)
  if not recurrence then return true end
  local is_too_late = recurrence.until_ms > 0 and due_ms > recurrence.until_ms
  return not is_too_late and (recurrence.last == 0 or occurrence <= recurrence.last)
end

local function has_next(header)
  local recurrence = recurrence_of(header)
  if not recurrence then return true end
  if lacks_times(header) then return recurrence.last == 0 or header.occurrence <= recurrence.last end
  return has_occurrence(header, header.occurrence, due_of(header, header.occurrence))
end

-- Whether nothing is left of a task.
local function is_over(header)
  if header.interval == 0 then return true end
  local recurrence = recurrence_of(header)
  return recurrence and recurrence.open == 0 and recurrence.waiting == 0 and not has_next(header)
end

-- An occurrence begins.
local function open_occurrence(id, header)
  local recurrence = recurrence_of(header)
  if not recurrence then return end
  recurrence.open = recurrence.open + 1
  save_recurrence(id, header)
end
