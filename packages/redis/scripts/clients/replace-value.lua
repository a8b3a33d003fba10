--- Replaces the value of a string, unless it has changed since it was read. Its TTL stays.
-- KEYS: the string. ARGV: the value that was read, the new one.
-- Reply: 1, or 0 if there is another value, or none.
-- Cost: O(1).
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
