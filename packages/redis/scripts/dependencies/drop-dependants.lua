#!lua flags=allow-oom
--- Removes dependants that were told how a task ended. The task leaves the outbox with the last of them.
-- ARGV: task id, state in which it ended, id of who waited for it…
-- Reply: how many dependants are left
-- Cost: O(log n) per dependant.
--- @include executions/dependencies

local id, state = ARGV[1], ARGV[2]
if #ARGV > 2 then redis.call('ZREM', dependants_of(id), unpack(ARGV, 3)) end
local left = redis.call('ZCARD', dependants_of(id))
if left == 0 then
  redis.call('ZREM', outbox, id .. ' ' .. state)
else
  -- Behind the others: those that can't be told now hold up nobody.
  redis.call('ZADD', outbox, 'XX', now_ms(), id .. ' ' .. state)
end
return left
