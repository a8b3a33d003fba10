--- What the partition holds and does.
-- ARGV: none
-- Reply: as lib/claims/workload.lua says.
-- Cost: O(log n), and O(1) per client with overdue occurrences, at most 500.
--- @include claims/workload

local now = now_ms()
return workload(now, (overdue_in_queues(now)))
