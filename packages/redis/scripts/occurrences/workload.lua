--- What the partition holds and does.
-- ARGV: none
-- Reply: as lib/workload.lua says.
-- Cost: O(log n).
--- @include workload

return workload(now_ms())
