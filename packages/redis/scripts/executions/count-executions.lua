--- How many executions wait for daemons, are offered to one, and run; and how long the first in line of each ready set has been due.
-- Reply: ready, ms since the longest waiting of those was due (0 when there is none), offered, running, waiting for other tasks,
--        ended without their dependants having been told yet
-- Cost: O(ready sets, at most 1,000).
--- @include executions/dependencies executions/running

local MOST_SETS = 1000
local now = now_ms()
local ready, first_due = 0, now
for _, name in ipairs(redis.call('ZRANGE', ready_sets, 0, MOST_SETS - 1)) do
  local set = ready_set(name)
  ready = ready + redis.call('ZCARD', set)
  local first = redis.call('ZRANGE', set, 0, 0)[1]
  local state = first and redis.call('HGET', occurrences, first)
  if state then first_due = math.min(first_due, (select(4, unpack_state(state)))) end
end
return { ready, now - first_due, redis.call('ZCARD', offers), executions_running(),
  redis.call('ZCARD', waiting_tasks), redis.call('ZCARD', outbox) }
