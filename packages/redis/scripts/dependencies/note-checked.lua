--- Notes when waiting tasks are checked again.
-- ARGV: ms from now, task id…; a task that has ended, or waits no more, is removed
-- Reply: per task 1
-- Cost: O(log n) per task.
--- @include executions/dependencies

local again_ms, reply = now_ms() + tonumber(ARGV[1]), {}
for i = 2, #ARGV do
  if redis.call('EXISTS', waits_of(ARGV[i])) == 1 then
    redis.call('ZADD', waiting_tasks, 'XX', again_ms, ARGV[i])
  else
    redis.call('ZREM', waiting_tasks, ARGV[i])
  end
  reply[#reply + 1] = 1
end
return reply
