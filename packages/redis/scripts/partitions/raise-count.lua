--- Raises a number. It is never lowered, even if several callers raise it at the same time.
-- KEYS: a string with a number. ARGV: the number that it is to be at least.
-- Reply: the number that is there now.
-- Cost: O(1).
local least = tonumber(ARGV[1])
local count = tonumber(redis.call('GET', KEYS[1]) or 0)
if count >= least then return count end
redis.call('SET', KEYS[1], least)
return least
