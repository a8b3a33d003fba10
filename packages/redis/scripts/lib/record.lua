-- Records of tasks and states of occurrences. All integers are big-endian. In TypeScript the codecs of
-- packages/redis/src/layout/ read the same layouts.
--
-- live record:      u8 1 | u48 first due ms | u48 interval ms (0 = once, 1 = by a calendar) | u48 next occurrence | u16 in flight
--                   | 16 bytes policy hash | u8 n | n bytes client | payload
-- ended record:     u8 2 | u48 last due ms | u48 interval ms | u48 last occurrence | u8 state | u8 n | n bytes client
--                   | history, if the task recurred: latest attempts
--                   The first byte is 64 more in records that have parts: behind the client u24 n | n bytes of parts.
--                   In layout 1, which is not written any more, it is 128 more in those of replays: behind the client
--                   the value of their origin
-- occurrence state: 12 bytes token (11 zeros | u8 why it was given back = no lease) | u16 attempts | u48 occurrence
--                   | u48 scheduled ms | history
--
-- "in flight" counts a recurring task's leased occurrences; a one-shot task needs no count.
--- @include partition parts calendar
local LIVE, ENDED = 1, 2
-- The kind of a record that only a newer release can read. It is left alone.
local UNREADABLE = 0
local DELIVERED, DEAD_LETTERED, CANCELLED, EXPIRED, SENT = 4, 5, 6, 7, 8
local TOKEN_BYTES, STATE_BYTES, TASK_ID_LENGTH = 12, 26, 36
local NO_TOKEN = string.rep('\0', TOKEN_BYTES)
-- In the first byte.
local WITH_PARTS, WITH_ORIGIN = 64, 128
local ORIGIN_BYTES = 12
-- Bytes that hold what is in front of the payload, unless there are many parts. A client has 64 at most.
local HEADER_BYTES = 192
local OCCURRENCE_OFFSET = 13

-- What the first byte of a record is more for its parts, and what stands behind the client.
local function pack_extra(parts)
  if parts == '' then return 0, '' end
  return WITH_PARTS, struct.pack('>I3', #parts) .. parts
end

-- parts: packed, '' for none. occurrence, in_flight: of a task that is there already.
local function pack_record(first, interval, policy, client, parts, payload, occurrence, in_flight)
  local with, extra = pack_extra(parts)
  return struct.pack('>BI6I6I6I2', LIVE + with, first, interval, occurrence or 1, in_flight or 0) .. policy
    .. string.char(#client) .. client .. extra .. payload
end

local function pack_ended(header, state, due_ms, occurrence, history)
  local with, extra = pack_extra(staying_parts(header.packed_parts))
  return struct.pack('>BI6I6I6BB', ENDED + with, due_ms, header.interval, occurrence, state, #header.client)
    .. header.client .. extra .. history
end

-- What stands behind the client at `at`: packed parts, and where they end.
local function unpack_extra(record, extra, at)
  if extra == 0 then return '', at end
  if extra == WITH_ORIGIN then
    return pack_part(ORIGIN_PART, record:sub(at, at + ORIGIN_BYTES - 1)), at + ORIGIN_BYTES
  end
  local parts_at = at + 3
  local parts_end = parts_at + struct.unpack('>I3', record, at)
  return record:sub(parts_at, parts_end - 1), parts_end
end

-- The header of a record, of which the beginning up to rest_at is enough: there its payload or history begins. Nil when
-- there is no record.
local function read_header(record)
  if not record or record == '' then return nil end
  local first_byte = record:byte(1)
  local kind = first_byte % WITH_PARTS
  local extra = first_byte - kind
  if (kind ~= LIVE and kind ~= ENDED) or extra > WITH_ORIGIN then return { kind = UNREADABLE } end
  local _, first, interval, occurrence = struct.unpack('>BI6I6I6', record)
  local in_flight, policy, state, client_at
  if kind == LIVE then
    in_flight, policy, client_at = struct.unpack('>I2', record, 20), record:sub(22, 37), 39
  else
    state, client_at = record:byte(20), 22
  end
  local client_end = client_at + record:byte(client_at - 1)
  local packed_parts, rest_at = unpack_extra(record, extra, client_end)
  local parts = read_parts(packed_parts)
  if not parts then return { kind = UNREADABLE, rest_at = rest_at } end
  return { kind = kind, first = first, interval = interval, occurrence = occurrence, in_flight = in_flight,
    policy = policy, state = state, client = record:sub(client_at, client_end - 1), packed_parts = packed_parts,
    parts = parts, rest_at = rest_at }
end

local function load_header(id)
  local key = record_prefix .. id
  local beginning = redis.call('GETRANGE', key, 0, HEADER_BYTES - 1)
  local header = read_header(beginning)
  if not header or not header.rest_at or header.rest_at <= #beginning + 1 then return header end
  return read_header(redis.call('GETRANGE', key, 0, header.rest_at - 2))
end

-- Kind and client by the first bytes of a record; no kind when there is none.
local function kind_and_client(id)
  local beginning = redis.call('GETRANGE', record_prefix .. id, 0, 101)
  if beginning == '' then return nil end
  local first_byte = beginning:byte(1)
  local kind = first_byte % WITH_PARTS
  if (kind ~= LIVE and kind ~= ENDED) or first_byte - kind > WITH_ORIGIN then return UNREADABLE end
  return kind, kind == LIVE and beginning:sub(39, 38 + beginning:byte(38)) or nil
end

-- For requests of clients: raises an error if a newer release wrote the record.
local function readable(header)
  if header and header.kind == UNREADABLE then
    error({ err = 'FORMAT the task was written by a newer release than this one' })
  end
  return header
end

-- When an occurrence is due, from the next one on; by a calendar that is known of the next one alone.
local function due_of(header, occurrence)
  local times, latest = calendar_of(header)
  if times then return times[1] or latest end
  local phase = header.parts[PHASE_PART]
  if not phase then return header.first + (occurrence - 1) * header.interval end
  local moved, due_ms, behind_ms = struct.unpack('>I6I6I6', phase)
  if occurrence <= moved then return due_ms end
  return behind_ms + (occurrence - moved - 1) * header.interval
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

-- The member of an occurrence from its first claim on.
local function member_of(id, occurrence)
  return id .. ':' .. string.format('%d', occurrence)
end

local function task_of(member)
  return member:sub(1, TASK_ID_LENGTH)
end

-- Writes the number of a recurring task's next occurrence, and the count of those that are leased, changed by `change`.
local function count_in_flight(id, header, change)
  if header.interval == 0 then return end
  header.in_flight = math.max(0, header.in_flight + change)
  redis.call('SETRANGE', record_prefix .. id, OCCURRENCE_OFFSET, struct.pack('>I6I2', header.occurrence, header.in_flight))
end
