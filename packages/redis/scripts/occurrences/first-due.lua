--- What is due first in a partition, and when anybody claimed last?
-- Reply: seconds, microseconds (Redis's clock), ms of the first occurrence in the due index ('' = none), ms of the last
--        claim (0 = none yet)
-- Cost: O(log n).
--- @include claims

local seconds, microseconds = server_time()
local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
return { seconds, microseconds, first[2] or '', (read_claims()) }
