--- How many dead letters does the partition hold, and how old is the oldest?
-- Reply: count, age of the oldest, ms (0 when there is none)
-- Cost: O(bytes of the oldest).
--- @include partition

local oldest = redis.call('XRANGE', dlq, '-', '+', 'COUNT', 1)[1]
local age_ms = oldest and math.max(0, now_ms() - tonumber(oldest[1]:match('^%d+'))) or 0
return { redis.call('XLEN', dlq), age_ms }
