-- Records of tasks and states of occurrences. All integers are big-endian. In TypeScript the codecs of
-- packages/redis/src/layout/ read the same layouts.
--
-- live record:      u8 1 | u48 first due ms | u48 interval ms (0 = once) | u48 next occurrence | u16 in flight
--                   | 16 bytes policy hash | u8 n | n bytes client | origin | payload
-- ended record:     u8 2 | u48 last due ms | u48 interval ms | u48 last occurrence | u8 state | u8 n | n bytes client
--                   | origin | history, if the task recurred: latest attempts
-- origin:           only in records whose first byte is 128 more, those of replays: u48 ms | u48 sequence number of the
--                   dead letter's id in the DLQ stream
-- occurrence state: 12 bytes token (11 zeros | u8 why it was given back = no lease) | u16 attempts | u48 occurrence
--                   | u48 scheduled ms | history
--
-- "in flight" counts a recurring task's leased occurrences; a one-shot task needs no count.
--- @include partition
local LIVE, ENDED = 1, 2
-- The kind of a record that only a newer release can read: it is left to that.
local UNREADABLE = 0
local DELIVERED, DEAD_LETTERED, CANCELLED, SENT = 4, 5, 6, 8
local TOKEN_BYTES, STATE_BYTES, TASK_ID_LENGTH = 12, 26, 36
local NO_TOKEN = string.rep('\0', TOKEN_BYTES)
local ORIGIN, ORIGIN_BYTES = 128, 12
local HEADER_BYTES = 38 + 64 + ORIGIN_BYTES
local OCCURRENCE_OFFSET = 13

-- origin: packed, '' for what is no replay
local function pack_record(first, interval, policy, client, origin, payload)
  local kind = origin == '' and LIVE or LIVE + ORIGIN
  return struct.pack('>BI6I6I6I2', kind, first, interval, 1, 0) .. policy .. string.char(#client) .. client .. origin
    .. payload
end

local function pack_ended(header, state, due_ms, occurrence, history)
  local kind = header.origin == '' and ENDED or ENDED + ORIGIN
  return struct.pack('>BI6I6I6BB', kind, due_ms, header.interval, occurrence, state, #header.client)
    .. header.client .. header.origin .. history
end

-- A dead letter's id in its stream, as records carry it.
local function pack_origin(entry_id)
  local ms, sequence = entry_id:match('^(%d+)-(%d+)$')
  return struct.pack('>I6I6', tonumber(ms), tonumber(sequence))
end

-- The id that was packed, '' where there is none.
local function unpack_origin(origin)
  if origin == '' then return '' end
  local ms, sequence = struct.unpack('>I6I6', origin)
  return string.format('%d-%d', ms, sequence)
end

-- The header of a record or of its first HEADER_BYTES; nil when there is none.
local function read_header(record)
  if not record or record == '' then return nil end
  local kind, origin_bytes = record:byte(1) % ORIGIN, record:byte(1) >= ORIGIN and ORIGIN_BYTES or 0
  if kind ~= LIVE and kind ~= ENDED then return { kind = UNREADABLE } end
  local _, first, interval, occurrence = struct.unpack('>BI6I6I6', record)
  if kind == ENDED then
    local state, length = struct.unpack('>BB', record, 20)
    return { kind = kind, first = first, interval = interval, occurrence = occurrence, state = state,
      client = record:sub(22, 21 + length), origin = record:sub(22 + length, 21 + length + origin_bytes),
      history_at = 22 + length + origin_bytes }
  end
  local in_flight = struct.unpack('>I2', record, 20)
  local length = record:byte(38)
  local payload_at = 39 + length + origin_bytes
  return { kind = kind, first = first, interval = interval, occurrence = occurrence, in_flight = in_flight,
    policy = record:sub(22, 37), client = record:sub(39, 38 + length), origin = record:sub(39 + length, payload_at - 1),
    payload_at = payload_at }
end

local function load_header(id)
  return read_header(redis.call('GETRANGE', record_prefix .. id, 0, HEADER_BYTES - 1))
end

-- For what a client asks for: raises an error instead of guessing.
local function readable(header)
  if header and header.kind == UNREADABLE then
    error({ err = 'FORMAT the task was written by a newer release than this one' })
  end
  return header
end

local function due_of(header, occurrence)
  return header.first + (occurrence - 1) * header.interval
end

local function pack_state(token, attempts, occurrence, scheduled, history)
  return struct.pack('>c12I2I6I6', token, attempts, occurrence, scheduled) .. history
end

-- token, attempts, occurrence, scheduled, history
local function unpack_state(state)
  local token, attempts, occurrence, scheduled = struct.unpack('>c12I2I6I6', state)
  return token, attempts, occurrence, scheduled, state:sub(STATE_BYTES + 1)
end

-- The token of an occurrence that nobody has; the reason (0 = none) says why it was given back.
local function token_given_back(reason)
  return NO_TOKEN:sub(2) .. string.char(reason)
end

-- nil while it is leased.
local function reason_given_back(token)
  return token:sub(1, TOKEN_BYTES - 1) == NO_TOKEN:sub(2) and token:byte(TOKEN_BYTES) or nil
end

-- What names an occurrence from its first claim on.
local function member_of(id, occurrence)
  return id .. ':' .. string.format('%d', occurrence)
end

local function task_of(member)
  return member:sub(1, TASK_ID_LENGTH)
end

-- Of a recurring task: the number of its next occurrence, and how many are leased.
local function set_counters(id, occurrence, in_flight)
  redis.call('SETRANGE', record_prefix .. id, OCCURRENCE_OFFSET, struct.pack('>I6I2', occurrence, in_flight))
end

-- One more or one less leased occurrence of a recurring task.
local function count_in_flight(id, header, change)
  if header.interval > 0 then set_counters(id, header.occurrence, math.max(0, header.in_flight + change)) end
end
