#!lua flags=allow-oom
--- Claims what falls due soon. Each claimed occurrence leaves the due index and gets a lease; a recurring task's next
--- occurrence is armed. Occurrences whose task has ended are dropped.
-- ARGV: slice ms, notice ms, limit, ahead ms, lease ms, token (12 random bytes), most bytes
-- Reply: as lib/claim-reply.lua says.
-- Cost: O(log n) per occurrence.
--- @include partition record wake claims claim-reply

-- Below this, an occurrence that comes late is made up for; above it, those missed coalesce into the latest.
local COALESCE_AFTER_MS = 1000

-- What only a newer release can read stands in nobody's way.
local UNREADABLE_AGAIN_MS = 1000

local limit, ahead_ms, lease_ms, token, most_bytes =
  tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
local seconds, microseconds = server_time()
local now = seconds * 1000 + math.floor(microseconds / 1000)

local removed, armed = {}, {}

-- The occurrence that stands for those missed, and its due time.
local function coalesce(header)
  local occurrence, due_ms = header.occurrence, due_of(header, header.occurrence)
  local late = now - due_ms
  if late < COALESCE_AFTER_MS or late < header.interval then return occurrence, due_ms end
  local missed = math.floor(late / header.interval)
  return occurrence + missed, due_ms + missed * header.interval
end

local function arm_next(id, header, occurrence, due_ms)
  local next_ms = due_ms + header.interval
  local counters = struct.pack('>I6I2', occurrence + 1, header.in_flight + 1)
  redis.call('SETRANGE', record_prefix .. id, OCCURRENCE_OFFSET, counters)
  redis.call('ZADD', client_prefix .. header.client, next_ms, id)
  armed[#armed + 1] = { id = id, due_ms = next_ms }
end

-- A task's next occurrence, never claimed before: its member in the due index is the task's id alone.
local function first_claim(id, score, header)
  if header.interval == 0 then
    removed[#removed + 1] = id
    return 0, 1, tonumber(score), ''
  end
  local occurrence, scheduled = coalesce(header)
  arm_next(id, header, occurrence, scheduled)
  return 0, occurrence, scheduled, ''
end

-- An occurrence that was claimed before: its attempts, number, scheduled time and history are kept.
local function further_claim(id, member, header)
  removed[#removed + 1] = member
  count_in_flight(id, header, 1)
  return select(2, unpack_state(redis.call('HGET', occurrences, member)))
end

local function claim(member, score, record, header)
  local id = task_of(member)
  local attempts, occurrence, scheduled, history
  if member == id then
    attempts, occurrence, scheduled, history = first_claim(id, score, header)
    member, score = member_of(id, occurrence), header.interval > 0 and scheduled or score
  else
    attempts, occurrence, scheduled, history = further_claim(id, member, header)
  end
  local state = pack_state(token, attempts + 1, occurrence, scheduled, history)
  hand_out(member, score, record, header, state, now + lease_ms)
end

local found = redis.call('ZRANGEBYSCORE', due, '-inf', now + ahead_ms, 'WITHSCORES', 'LIMIT', 0, limit)
local bytes = 0
for i = 1, #found, 2 do
  local member, score = found[i], found[i + 1]
  local record = redis.call('GET', record_prefix .. task_of(member))
  local header = read_header(record or nil)
  if header and header.kind == LIVE then
    bytes = bytes + #record
    if bytes > most_bytes and i > 1 then break end
    claim(member, score, record, header)
  elseif header and header.kind == UNREADABLE then
    redis.call('ZADD', due, now + UNREADABLE_AGAIN_MS, member)
  else
    removed[#removed + 1] = member
    redis.call('HDEL', occurrences, member)
  end
end

if #removed > 0 then redis.call('ZREM', due, unpack(removed)) end
write_claims()
-- How schedulers see that somebody drains.
note_claim(now, claimed_count())
for _, next in ipairs(armed) do
  redis.call('ZREM', due, next.id)
  wake_for(next.due_ms, now)
  redis.call('ZADD', due, next.due_ms, next.id)
end

return claim_reply(seconds, microseconds)
