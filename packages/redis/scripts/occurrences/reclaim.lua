#!lua flags=allow-oom
--- Hands out again, under a new token and lease, what claims had claimed whose replies were lost. It is the same attempt,
--- for nothing has been sent.
-- ARGV: limit, ahead ms, lease ms, token (12 random bytes), most bytes, tokens of the claims without reply…
-- Reply: as lib/claims/claim-reply.lua says. What was claimed `ahead` of its due time is given out as due that much from now.
-- Cost: O(occurrences claimed in the partition).
--- @include transitions claims/claim-reply

local limit, ahead_ms, lease_ms, token, most_bytes =
  tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local seconds, microseconds = server_time()
local now = seconds * 1000 + math.floor(microseconds / 1000)
local unanswered = {}
for i = 6, #ARGV do
  unanswered[ARGV[i]] = true
end

local bytes = 0
for _, member in ipairs(redis.call('ZRANGE', leases, 0, -1)) do
  local state = redis.call('HGET', occurrences, member)
  if state and unanswered[state:sub(1, TOKEN_BYTES)] then
    local record = redis.call('GET', record_prefix .. task_of(member))
    local header = read_header(record or nil)
    if header and header.kind == LIVE then
      bytes = bytes + #record
      if claimed_count() == limit or (bytes > most_bytes and claimed_count() > 0) then break end
      hand_out(now + ahead_ms, record, header, hand_over(member, state, token, now + lease_ms))
    end
  end
end
write_moves(now)
return claim_reply(seconds, microseconds, first_left())
