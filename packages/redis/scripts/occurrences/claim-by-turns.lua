#!lua flags=allow-oom
--- Claims as claim.lua does, by turns of the clients: what falls due soon is moved to overdue queues, and taken from these.
--- While one client alone has anything overdue, no queue is made.
-- ARGV: slice ms, notice ms, retention ms, limit, ahead ms, lease ms, token (12 random bytes), most bytes, (client, how many of its
--       occurrences are taken at most)…
-- Reply: as lib/claims/claim-reply.lua says.
-- Cost: O(log n) per occurrence, and per one that is moved to a queue, at most 500.
--- @include claims/turns claims/claim-found claims/only-one-client

local limit, ahead_ms, lease_ms, token, most_bytes =
  tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), ARGV[7], tonumber(ARGV[8])
local seconds, microseconds = server_time()
local now = seconds * 1000 + math.floor(microseconds / 1000)
local at_most = {}
for i = 9, #ARGV, 2 do
  at_most[ARGV[i]] = tonumber(ARGV[i + 1])
end

local until_ms = now + ahead_ms
local client = redis.call('EXISTS', rotation) == 0 and only_client_due(until_ms)
if client then
  local most = math.min(limit, at_most[client] or limit)
  local found = redis.call('ZRANGEBYSCORE', due, '-inf', until_ms, 'WITHSCORES', 'LIMIT', 0, most)
  claim_found(found, now, lease_ms, token, most_bytes)
  return claim_reply(seconds, microseconds, first_left_by(#found == 2 * most, now))
end
queue_overdue(until_ms, now)
claim_found(take_turns(limit, at_most), now, lease_ms, token, most_bytes)
finish_turns()
return claim_reply(seconds, microseconds, first_left())
