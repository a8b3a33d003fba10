-- Optional parts of a task record. A release that does not know a tag ignores the part. If the tag says that the part must be
-- understood, it leaves the whole record to a newer release. In TypeScript record-parts.ts has the same tags.
--
-- part:             u8 tag | u16 n | n bytes. In a tag, 128 = must be understood, 64 = stays when the task ends
-- tag 65, origin:   of a replay: u48 ms | u48 sequence number of the dead letter's id in the DLQ stream
-- tag 131, expiry:  u48 ms after its due time within which an occurrence has to begin | if it is a dead letter then: u8 1
-- tag 133, recurrence: how the task goes on: recurrence.lua says what is in it
-- tag 132, paused:  since when the task is paused: u48 ms. No release that does not know it attempts anything of the task
-- tag 140, phase:   of a recurring task that was moved: u48 occurrence | u48 ms at which it is due | u48 ms at which the one
--                   behind it is due, from which on the interval counts
-- tag 149, dependencies: it waits for other tasks: "c" = is cancelled if one of them does not complete, "r" = runs anyway
-- tag 194, execution: a daemon carries the task out: u8 priority (1 low to 4 critical) | u32 lease ms | u48 timeout ms (0 = none)
--                   | u8 n | n bytes type | name that the client gave it
-- tag 200, calendar: the task recurs by a calendar: calendar.lua says what is in it
-- tag 201, tags:    what its client finds it by: at most 8 of (u8 n | n bytes tag)
-- tag 10, key:      the idempotency key that it was registered with
-- tag 11, trace:    the traceparent that it was registered with
--
--- @include partition
local MUST_BE_UNDERSTOOD, STAYS = 128, 64
local ORIGIN_PART = STAYS + 1
local EXPIRY_PART = MUST_BE_UNDERSTOOD + 3
local DEPENDENCIES_PART = MUST_BE_UNDERSTOOD + 21
local EXECUTION_PART = MUST_BE_UNDERSTOOD + STAYS + 2
local CALENDAR_PART = MUST_BE_UNDERSTOOD + STAYS + 8
-- A release that doesn't know tags would leave the task in their index for ever.
local TAGS_PART = MUST_BE_UNDERSTOOD + STAYS + 9
local RECURRENCE_PART = MUST_BE_UNDERSTOOD + 5
local PAUSED_PART = MUST_BE_UNDERSTOOD + 4
local PHASE_PART = MUST_BE_UNDERSTOOD + 12
-- Tags that this release understands, of parts that must be understood.
local UNDERSTOOD = {
  [EXPIRY_PART] = true, [DEPENDENCIES_PART] = true, [EXECUTION_PART] = true, [CALENDAR_PART] = true, [TAGS_PART] = true,
  [RECURRENCE_PART] = true, [PAUSED_PART] = true, [PHASE_PART] = true,
}
local NO_PARTS = {}

local function pack_part(tag, value)
  return struct.pack('>BI2', tag, #value) .. value
end

-- Values by tag; nil if the parts are malformed, or one of them must be understood and is unknown.
local function read_parts(packed)
  if packed == '' then return NO_PARTS end
  local found, at = {}, 1
  while at + 2 <= #packed do
    local tag, length = struct.unpack('>BI2', packed, at)
    if tag >= MUST_BE_UNDERSTOOD and not UNDERSTOOD[tag] then return nil end
    found[tag] = packed:sub(at + 3, at + 2 + length)
    at = at + 3 + length
  end
  if at == #packed + 1 then return found end
end

-- How many bytes of packed parts stand before the value of one that is there.
local function part_offset(packed, wanted)
  local at = 1
  while true do
    local tag, length = struct.unpack('>BI2', packed, at)
    if tag == wanted then return at + 2 end
    at = at + 3 + length
  end
end

-- The packed parts whose tags fit.
local function select_parts(packed, fits)
  local selected, at = '', 1
  while at < #packed do
    local tag, length = struct.unpack('>BI2', packed, at)
    if fits(tag) then selected = selected .. packed:sub(at, at + 2 + length) end
    at = at + 3 + length
  end
  return selected
end

-- Writes bytes over those of a part in the record of a task, from the byte `at` of its value on, counted from 0.
local function patch_part(id, header, tag, at, bytes)
  local parts_at = header.rest_at - #header.packed_parts
  redis.call('SETRANGE', record_prefix .. id, parts_at + part_offset(header.packed_parts, tag) - 1 + at, bytes)
end

-- The parts that stay when their task ends.
local function staying_parts(packed)
  return select_parts(packed, function(tag) return tag % MUST_BE_UNDERSTOOD >= STAYS end)
end

local function without_part(packed, unwanted)
  return select_parts(packed, function(tag) return tag ~= unwanted end)
end

-- A dead letter's id in its stream, as a part of the task that is its replay.
local function pack_origin(entry_id)
  local ms, sequence = entry_id:match('^(%d+)-(%d+)$')
  return pack_part(ORIGIN_PART, struct.pack('>I6I6', tonumber(ms), tonumber(sequence)))
end

-- The id of the dead letter that a task is a replay of, '' when it is none.
local function origin_of(header)
  local origin = header.parts[ORIGIN_PART]
  if not origin then return '' end
  local ms, sequence = struct.unpack('>I6I6', origin)
  return string.format('%d-%d', ms, sequence)
end
