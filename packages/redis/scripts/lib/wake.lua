-- Messages to schedulers and workers. The arguments of a script that calls wake_for or slice_of begin with: slice ms,
-- notice ms.
--- @include partition

local function slice_of(due_ms)
  return due_ms - due_ms % tonumber(ARGV[1])
end

-- Announces an occurrence that becomes the first of its slice so shortly before it is due that a look ahead may be too late.
-- Call it before the ZADD. If the slice has an earlier one, whoever drains it finds this one too.
local function wake_for(due_ms, now)
  if due_ms - now > tonumber(ARGV[2]) then return end
  local earlier = redis.call('ZRANGEBYSCORE', due, slice_of(due_ms), due_ms, 'LIMIT', 0, 1)
  if #earlier == 0 then redis.call('PUBLISH', wake_channel, 'due ' .. string.format('%d', due_ms)) end
end

-- Tells the worker that holds a claimed occurrence of a task that the task has ended.
local function tell_cancelled(id)
  redis.call('PUBLISH', wake_channel, 'cancelled ' .. id)
end
