-- What a partition holds and does: occurrences parked, overdue, due within a minute (the overdue not counted), claimed and
-- not settled, and claimed in the last minute.
--- @include claims waiting
local function workload(now, queued)
  local overdue = redis.call('ZCOUNT', due, '-inf', now) + queued
  local within_minute = redis.call('ZCOUNT', due, '(' .. now, now + MINUTE_MS)
  local parked = redis.call('ZCARD', due) + queued
  return { parked, overdue, within_minute, redis.call('ZCARD', leases), claimed_lately(now) }
end
