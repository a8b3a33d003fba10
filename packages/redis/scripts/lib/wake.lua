-- Tells schedulers and drainers of an occurrence that becomes the first of its slice at such short notice that a look
-- ahead might come too late. Call it before the ZADD. Whoever was told of an earlier one in the slice finds this one.
local function wake_for(due_ms, now)
  local slice_ms, notice_ms = tonumber(ARGV[1]), tonumber(ARGV[2])
  if due_ms - now > notice_ms then return end
  local slice_start = due_ms - due_ms % slice_ms
  local earlier = redis.call('ZRANGEBYSCORE', due, slice_start, due_ms, 'LIMIT', 0, 1)
  if #earlier == 0 then redis.call('PUBLISH', wake_channel, 'due ' .. string.format('%d', due_ms)) end
end
