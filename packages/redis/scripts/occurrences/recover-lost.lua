#!lua flags=allow-oom
--- Puts attempts whose lease ran out back to the due index, due at once. The attempt counts and is in the history.
-- ARGV: slice ms, notice ms, limit, ms before which the leases must have ended
-- Reply: how many leases had run out.
-- Cost: O(log n) per attempt.
--- @include transitions

local now = now_ms()

local function recover(member, lease_end, id, header)
  local state = redis.call('HGET', occurrences, member)
  if not header or header.kind ~= LIVE or not state then return drop_leased(member) end
  local _, attempts, occurrence, scheduled, history = unpack_state(state)
  history = remember_attempt(id, header, occurrence, history, lost_entry(attempts, lease_end))
  come_back(id, header, member, pack_state(NO_TOKEN, attempts, occurrence, scheduled, history), now)
end

local ended_before = math.min(now, tonumber(ARGV[4]))
local lost = redis.call('ZRANGEBYSCORE', leases, '-inf', '(' .. ended_before, 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[3]))
for i = 1, #lost, 2 do
  local id = task_of(lost[i])
  local header = load_header(id)
  if not header or header.kind ~= UNREADABLE then recover(lost[i], tonumber(lost[i + 1]), id, header) end
end
write_moves(now)
return #lost / 2
