-- What a partition holds and does: occurrences parked, overdue, due within a minute (the overdue not counted), claimed and
-- not settled, and claimed in the last minute.
--- @include claims
local function workload(now)
  local overdue = redis.call('ZCOUNT', due, '-inf', now)
  local within_minute = redis.call('ZCOUNT', due, '(' .. now, now + MINUTE_MS)
  return { redis.call('ZCARD', due), overdue, within_minute, redis.call('ZCARD', leases), claimed_lately(now) }
end
