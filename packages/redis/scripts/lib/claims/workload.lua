-- What a partition holds and does: occurrences parked, overdue, due within a minute (the overdue not counted), claimed and
-- not settled, claimed in the last minute, and held because their tasks are paused (not counted otherwise).
-- What daemons execute needs no worker: it is not counted.
--- @include claims/claims claims/waiting executions/running
local function workload(now, queued)
  local overdue = redis.call('ZCOUNT', due, '-inf', now) + queued
  local within_minute = redis.call('ZCOUNT', due, '(' .. now, now + MINUTE_MS)
  local parked = redis.call('ZCARD', due) + queued
  local in_flight = redis.call('ZCARD', leases) - executions_running()
  return { parked, overdue, within_minute, math.max(0, in_flight), claimed_lately(now), redis.call('ZCARD', paused) }
end
