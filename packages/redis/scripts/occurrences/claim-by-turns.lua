#!lua flags=allow-oom
--- Claims as claim.lua does, by turns of the clients: what falls due soon is moved to overdue queues, and taken from these.
-- ARGV: slice ms, notice ms, retention ms, limit, ahead ms, lease ms, token (12 random bytes), most bytes, clients of whom nothing is
--       taken…
-- Reply: as lib/claims/claim-reply.lua says.
-- Cost: O(log n) per occurrence, and per one that is moved to a queue, at most 500.
--- @include claims/turns claims/claim-found

local seconds, microseconds = server_time()
local now = seconds * 1000 + math.floor(microseconds / 1000)
local except = {}
for i = 9, #ARGV do
  except[ARGV[i]] = true
end

queue_overdue(now + tonumber(ARGV[5]), now)
claim_found(take_turns(tonumber(ARGV[4]), except), now, tonumber(ARGV[6]), ARGV[7], tonumber(ARGV[8]))
finish_turns()
return claim_reply(seconds, microseconds, first_left())
