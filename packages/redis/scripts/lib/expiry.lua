-- Occurrences that are called back expire when no attempt of them has begun in time: then a claim ends them, and they take no
-- slot of a worker.
--- @include transitions dead-letters

local function is_expired(header, scheduled, now)
  local expiry = header.parts[EXPIRY_PART]
  return expiry and now - scheduled > struct.unpack('>I6', expiry)
end

-- Ends an occurrence that is neither leased nor waits for its claim any more. Returns its history, and the state that its task
-- ends in if it is the last.
local function expire(id, header, record, attempts, occurrence, scheduled, history, now)
  local after_ms, parks = struct.unpack('>I6B', header.parts[EXPIRY_PART] .. '\0')
  local entry = expired_entry(attempts, now, after_ms)
  history = remember_attempt(id, header, occurrence, history, entry)
  tell_event(parks == 1 and 'dead_lettered' or 'expired', header.client, id, occurrence, attempts, 'entry', entry)
  if parks ~= 1 then
    passed_over.expired = passed_over.expired + 1
    return history, EXPIRED
  end
  passed_over.parked = passed_over.parked + 1
  park_occurrence(id, header, record, attempts, occurrence, scheduled, history, EXPIRED_CLASS)
  return history, DEAD_LETTERED
end
