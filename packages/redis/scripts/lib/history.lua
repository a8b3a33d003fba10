-- Histories: the attempts that an occurrence has behind it. No other Lua knows an entry's layout, and in TypeScript only
-- history-codec.ts does. All integers are big-endian.
--
-- history:          at most 20 of (u16 attempt | u48 at ms | u32 duration ms | u8 outcome | u8 n | n bytes error)
-- latest attempts:  at most 20 of (u48 occurrence | one entry of a history)
--
-- A one-shot task's only occurrence has the task's history. A recurring task's latest attempts, of whichever occurrences,
-- are kept with the task.
--- @include partition
local MOST_ENTRIES = 20
local OUTCOME_AT, ENTRY_BYTES, OCCURRENCE_BYTES = 13, 14, 6

-- Their numbers among the error classes.
local TIMEOUT, LOST, EXPIRED_CLASS = 1, 7, 8

-- An attempt whose lease ran out, as an entry.
local function lost_entry(attempt, at_ms)
  local error = 'lost: lease ended'
  return struct.pack('>I2I6I4BB', attempt, at_ms, 0, LOST, #error) .. error
end

-- That an occurrence expired after so many attempts, as an entry.
local function expired_entry(attempts, at_ms, after_ms)
  local error = string.format('expired: not delivered within %d ms of its due time', after_ms)
  return struct.pack('>I2I6I4BB', attempts, at_ms, 0, EXPIRED_CLASS, #error) .. error
end

-- The entry of an attempt whose number its writer did not know.
local function numbered_entry(entry, attempt)
  return struct.pack('>I2', attempt) .. entry:sub(3)
end

local function outcome_of_entry(entry)
  return entry:byte(OUTCOME_AT)
end

-- Adds an entry to entries with `ahead` bytes in front of each, and drops the oldest beyond the limit.
local function append_entry(entries, entry, ahead)
  local count, at, first_end = 0, 1, 0
  while at <= #entries do
    at = at + ahead + ENTRY_BYTES + entries:byte(at + ahead + ENTRY_BYTES - 1)
    count = count + 1
    if count == 1 then first_end = at end
  end
  if count >= MOST_ENTRIES then entries = entries:sub(first_end) end
  return entries .. entry
end

-- The outcome of the latest attempt of a recurring task; nil when there was none.
local function latest_outcome(id)
  local entries, at, outcome = redis.call('HGET', latest_attempts, id) or '', 1, nil
  while at <= #entries do
    local entry_at = at + OCCURRENCE_BYTES
    outcome = entries:byte(entry_at + OUTCOME_AT - 1)
    at = entry_at + ENTRY_BYTES + entries:byte(entry_at + ENTRY_BYTES - 1)
  end
  return outcome
end

-- Adds an attempt that has ended to the latest attempts of a recurring task, and to `history`, which it returns.
local function remember_attempt(id, header, occurrence, history, entry)
  if header.interval > 0 then
    local known = redis.call('HGET', latest_attempts, id) or ''
    local entry_of_task = struct.pack('>I6', occurrence) .. entry
    redis.call('HSET', latest_attempts, id, append_entry(known, entry_of_task, OCCURRENCE_BYTES))
  end
  return append_entry(history, entry, 0)
end
