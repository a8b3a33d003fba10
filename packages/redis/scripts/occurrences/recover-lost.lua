#!lua flags=allow-oom
--- Puts attempts whose lease ran out back to the due index, due at once. The attempt counts and is in the history.
-- ARGV: slice ms, notice ms, limit, ms before which the leases must have ended
-- Reply: how many leases had run out.
-- Cost: O(log n) per attempt.
--- @include partition record wake

-- Its number among the error classes.
local LOST = 7

local now = now_ms()

local function recover(member, lease_end, id, header)
  local state = redis.call('HGET', occurrences, member)
  redis.call('ZREM', leases, member)
  if header and header.kind == LIVE and state then
    local _, attempts, occurrence, scheduled, history = unpack_state(state)
    local entry = struct.pack('>I2I6I4BB', attempts, lease_end, 0, LOST, 17) .. 'lost: lease ended'
    history = append_entry(history, entry, 0)
    redis.call('HSET', occurrences, member, pack_state(NO_TOKEN, attempts, occurrence, scheduled, history))
    remember_attempt(id, header, occurrence, entry)
    count_in_flight(id, header, -1)
    wake_for(now, now)
    redis.call('ZADD', due, now, member)
    if header.interval == 0 then redis.call('ZADD', client_prefix .. header.client, 'XX', now, id) end
  else
    redis.call('HDEL', occurrences, member)
  end
end

local ended_before = math.min(now, tonumber(ARGV[4]))
local lost = redis.call('ZRANGEBYSCORE', leases, '-inf', '(' .. ended_before, 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[3]))
for i = 1, #lost, 2 do
  local id = task_of(lost[i])
  local header = load_header(id)
  if not header or header.kind ~= UNREADABLE then recover(lost[i], tonumber(lost[i + 1]), id, header) end
end
return #lost / 2
