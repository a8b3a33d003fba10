#!lua flags=allow-oom
--- Records the results of dead letters that were taken: forwarded, or free again after some time. A failed one that another
--- worker has taken since is left to that worker.
-- ARGV: queue, lease ms, (id, client, tries, 'forwarded' or ms until it is free)…
-- Reply: none.
-- Cost: O(log n) per dead letter.
--- @include forwarding

local queue, lease_ms = ARGV[1], tonumber(ARGV[2])
if not forwarders() then return end
local now = now_ms()

local function free_again(id, tries, in_ms)
  local pending = redis.call('XPENDING', dlq, FORWARDERS, id, id, 1)[1]
  if not pending or pending[4] ~= tries then return end
  redis.call('XCLAIM', dlq, FORWARDERS, queue, 0, id, 'IDLE', math.max(0, lease_ms - in_ms), 'JUSTID')
end

for i = 3, #ARGV, 4 do
  local id, client, tries, outcome = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3]
  if outcome ~= 'forwarded' then
    free_again(id, tries, tonumber(outcome))
  elseif redis.call('XACK', dlq, FORWARDERS, id) == 1 then
    redis.call('ZADD', forwarded, now, id .. ' ' .. client)
  end
end
