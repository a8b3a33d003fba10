#!lua flags=allow-oom
--- What has to be forwarded yet, by queue. Queues that nothing waits in are forgotten.
-- ARGV: none
-- Reply: (queue, count, age of the oldest in ms)…
-- Cost: O(log n) per queue.
--- @include forwarding

local now, reply = now_ms(), {}
if not forwarders() then return reply end
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', dlq, FORWARDERS)) do
  local queue, count = field(consumer, 'name'), field(consumer, 'pending')
  if count == 0 and queue ~= UNSORTED then
    redis.call('XGROUP', 'DELCONSUMER', dlq, FORWARDERS, queue)
  elseif count > 0 then
    local oldest = redis.call('XPENDING', dlq, FORWARDERS, '-', '+', 1, queue)[1]
    reply[#reply + 1] = queue
    reply[#reply + 1] = count
    reply[#reply + 1] = math.max(0, now - oldest[1]:match('^%d+'))
  end
end
return reply
