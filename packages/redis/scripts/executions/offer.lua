#!lua flags=allow-oom
--- Offers a client's most urgent ready executions to a daemon, without those that the daemon refused lately.
-- ARGV: client, daemon, ms that the offer stands, limit, token (12 random bytes), most bytes, type…; '*' alone = all
-- Reply: per execution member, record, state
-- Cost: O(log n) per execution.
--- @include executions/executions executions/ready-types

local client, daemon, offer_ms, limit, token, most_bytes =
  ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], tonumber(ARGV[6])
-- How many more are read, because some may be left out.
local SPARE = 64
local now = now_ms()
local reply, offered, bytes = {}, 0, 0

local function candidates()
  local found = {}
  for _, name in ipairs(ready_names(client, 7)) do
    local members = redis.call('ZRANGE', ready_set(name), 0, limit + SPARE - 1, 'WITHSCORES')
    for i = 1, #members, 2 do
      found[#found + 1] = { member = members[i], score = tonumber(members[i + 1]), name = name }
    end
  end
  table.sort(found, function(a, b) return a.score < b.score or (a.score == b.score and a.member < b.member) end)
  return found
end

local function offer(member, name, record, header)
  local state = token .. redis.call('HGET', occurrences, member):sub(TOKEN_BYTES + 1)
  leave_ready(member, name)
  append(new_states, member, state)
  redis.call('ZADD', offers, now + offer_ms, member)
  redis.call('HSET', holders, member, daemon)
  redis.call('SADD', held_by(client, daemon), member)
  local _, attempts, occurrence = unpack_state(state)
  tell_execution('assigned', header, task_of(member), occurrence, attempts + 1, 'daemon', daemon)
  for _, value in ipairs({ member, record, state }) do
    reply[#reply + 1] = value
  end
end

redis.call('ZREMRANGEBYSCORE', refusals, '-inf', now)
for _, candidate in ipairs(candidates()) do
  if offered == limit then break end
  local member = candidate.member
  local record = redis.call('GET', record_prefix .. task_of(member))
  local header = read_header(record or nil)
  if not header or header.kind == ENDED or redis.call('HEXISTS', cancelling, task_of(member)) == 1 then
    leave_ready(member, candidate.name)
    old_states[#old_states + 1] = member
  elseif header.kind == LIVE and not redis.call('ZSCORE', refusals, member .. ' ' .. daemon)
      and not has_expired(member, header, now) then
    bytes = bytes + #record
    if bytes > most_bytes and offered > 0 then break end
    offered = offered + 1
    offer(member, candidate.name, record, header)
  end
end
write_moves(now)
return reply
