#!lua flags=allow-oom
--- What has to be forwarded yet, by destination. Destinations that nothing waits for are forgotten.
-- ARGV: none
-- Reply: (destination, count, age of the oldest in ms)…
-- Cost: O(log n) per destination.
--- @include forwarding

local now, reply = now_ms(), {}
if not forwarders() then return reply end
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', dlq, FORWARDERS)) do
  local destination, count = field(consumer, 'name'), field(consumer, 'pending')
  if count == 0 and destination ~= UNSORTED then
    redis.call('XGROUP', 'DELCONSUMER', dlq, FORWARDERS, destination)
  elseif count > 0 then
    local oldest = redis.call('XPENDING', dlq, FORWARDERS, '-', '+', 1, destination)[1]
    reply[#reply + 1] = destination
    reply[#reply + 1] = count
    reply[#reply + 1] = math.max(0, now - oldest[1]:match('^%d+'))
  end
end
return reply
