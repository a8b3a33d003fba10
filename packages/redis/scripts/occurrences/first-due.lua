--- What is due first in a partition, and when anybody claimed last?
-- Reply: seconds, microseconds (Redis's clock), ms of the first occurrence that waits for its claim ('' = none), ms of the
--        last claim (0 = none yet)
-- Cost: O(log n), and O(1) per client with overdue occurrences, at most 500.
--- @include claims/claims claims/waiting

local seconds, microseconds = server_time()
local first = first_in_due_index()
local _, first_queued = overdue_in_queues(seconds * 1000 + math.floor(microseconds / 1000))
if first_queued and first_queued < (tonumber(first) or math.huge) then first = string.format('%d', first_queued) end
return { seconds, microseconds, first, (read_claims()) }
