--- What the partition holds and does.
-- ARGV: none
-- Reply: as lib/claims/workload.lua says.
-- Cost: O(log n), and O(1) per client with overdue occurrences.
--- @include claims/workload

return workload(now_ms(), (overdue_in_queues()))
