-- Messages to schedulers and workers. The arguments of a script that calls wake_for or slice_of begin with: slice ms,
-- notice ms.
--- @include partition

local function slice_of(due_ms)
  return due_ms - due_ms % tonumber(ARGV[1])
end

-- Tells of an occurrence that becomes the first of its slice at such short notice that a look ahead might come too late.
-- Call it before the ZADD. Whoever was told of an earlier one in the slice finds this one.
local function wake_for(due_ms, now)
  if due_ms - now > tonumber(ARGV[2]) then return end
  local earlier = redis.call('ZRANGEBYSCORE', due, slice_of(due_ms), due_ms, 'LIMIT', 0, 1)
  if #earlier == 0 then redis.call('PUBLISH', wake_channel, 'due ' .. string.format('%d', due_ms)) end
end

-- Tells whoever holds a claimed occurrence of a task that the task has ended.
local function tell_cancelled(id)
  redis.call('PUBLISH', wake_channel, 'cancelled ' .. id)
end
