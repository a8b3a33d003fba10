#!lua flags=allow-oom
--- Claims occurrences that fall due soon. Each leaves the due index and gets a lease; a recurring task's next
--- occurrence is armed. Nothing is claimed while clients take turns: that is for claim-by-turns.lua.
-- ARGV: slice ms, notice ms, retention ms, limit, ahead ms, lease ms, token (12 random bytes), most bytes
-- Reply: as lib/claims/claim-reply.lua says.
-- Cost: O(log n) per occurrence.
--- @include claims/claim-found

local limit, ahead_ms = tonumber(ARGV[4]), tonumber(ARGV[5])
local seconds, microseconds = server_time()
local now = seconds * 1000 + math.floor(microseconds / 1000)
if redis.call('EXISTS', rotation) == 1 then return claim_reply(seconds, microseconds, TAKE_TURNS) end

local found = redis.call('ZRANGEBYSCORE', due, '-inf', now + ahead_ms, 'WITHSCORES', 'LIMIT', 0, limit)
claim_found(found, now, tonumber(ARGV[6]), ARGV[7], tonumber(ARGV[8]))
return claim_reply(seconds, microseconds, first_left_by(#found == 2 * limit, now))
