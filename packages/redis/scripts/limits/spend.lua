--- Takes tasks that a gateway has let in from their client's bucket.
-- ARGV: client, how many, how many a second the bucket is filled with, and holds at the most
-- Reply: what is left, rounded down; below 0 when gateways have let in more than there was.
-- Cost: O(1).
--- @include partition

local count, per_second = tonumber(ARGV[2]), tonumber(ARGV[3])
local bucket = bucket_prefix .. ARGV[1]
local now = now_ms()
local known = redis.call('HMGET', bucket, 'left', 'at')
local left = per_second
if known[1] then
  -- If the clock was set back, the bucket is not filled.
  local passed = math.max(0, now - tonumber(known[2]))
  left = math.min(per_second, tonumber(known[1]) + passed * per_second / 1000)
end
left = left - count
redis.call('HSET', bucket, 'left', string.format('%.3f', left), 'at', string.format('%d', now))
-- When the key expires the bucket would be full, which is what a missing key means.
redis.call('PEXPIRE', bucket, math.ceil((per_second - left) / per_second * 1000) + 1000)
return math.floor(left)
