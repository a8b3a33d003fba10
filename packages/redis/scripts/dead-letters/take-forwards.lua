#!lua flags=allow-oom
--- Takes the oldest free dead letters of a queue. What was purged in the meantime is forgotten.
-- ARGV: queue, lease ms, limit, most bytes of payload (may be exceeded by one dead letter)
-- Reply: 1 when there may be more, otherwise 0; then (id, tries, fields)…
-- Cost: O(log n) per dead letter, and 1 per one that is taken at the time.
--- @include forwarding

local queue, lease_ms, limit, most_bytes = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local reply = { 0 }
if not forwarders() then return reply end
local free = redis.call('XPENDING', dlq, FORWARDERS, 'IDLE', lease_ms, '-', '+', limit + 1, queue)
local taken, bytes = 0, 0
for _, pending in ipairs(free) do
  if taken == limit or bytes > most_bytes then
    reply[1] = 1
    break
  end
  local entry = redis.call('XCLAIM', dlq, FORWARDERS, queue, 0, pending[1])[1]
  if entry then
    taken = taken + 1
    bytes = bytes + #field(entry[2], 'payload')
    reply[#reply + 1] = entry[1]
    reply[#reply + 1] = pending[4] + 1
    reply[#reply + 1] = entry[2]
  end
end
return reply
