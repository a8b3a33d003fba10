#!lua flags=allow-oom
--- Looks through dead letters that are new to the forwarders: those for buckets are done with, the others go to their
--- queues. The first dead letters of a partition found the group.
-- ARGV: most dead letters, most bytes of payload (may be exceeded by a few of them)
-- Reply: 1 when there may be more, otherwise 0; then each queue that got any.
-- Cost: O(1) per dead letter and byte.
--- @include forwarding

local AT_ONCE = 4

local most, most_bytes = tonumber(ARGV[1]), tonumber(ARGV[2])
if not forwarders() then
  if redis.call('EXISTS', dlq) == 0 then return { 0 } end
  redis.call('XGROUP', 'CREATE', dlq, FORWARDERS, '0')
end

local queues, seen = {}, {}

local function sort(id, fields)
  local destination = cjson.decode(field(fields, 'policy')).dlq.destination
  if not is_outside(destination) then return redis.call('XACK', dlq, FORWARDERS, id) end
  local queue = queue_of_letter(field(fields, 'client'), destination)
  redis.call('XCLAIM', dlq, FORWARDERS, queue, 0, id, 'IDLE', FREE_IDLE_MS, 'RETRYCOUNT', 0, 'JUSTID')
  if not seen[queue] then queues[#queues + 1] = queue end
  seen[queue] = true
end

local sorted, bytes, more = 0, 0, true
while more and sorted < most and bytes < most_bytes do
  local reply = redis.call('XREADGROUP', 'GROUP', FORWARDERS, UNSORTED, 'COUNT', AT_ONCE, 'STREAMS', dlq, '>')
  local entries = reply and reply[1][2] or {}
  for _, entry in ipairs(entries) do
    bytes = bytes + #field(entry[2], 'payload')
    sort(entry[1], entry[2])
  end
  sorted = sorted + #entries
  more = #entries == AT_ONCE
end
return { more and 1 or 0, unpack(queues) }
