--- How much falls due in each slot of time.
-- ARGV: client ('' = all: the due index), start ms, length of a slot in ms, number of slots
-- Reply: due before the start, due behind the last slot, then a number for each slot up to the last one that has any.
-- Cost: O(slots × log n), no more than what the slots hold.
--- @include claims/waiting

local client, start, length, slots = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local index, queued = client_prefix .. client, 0
if client == '' then index, queued = due, (overdue_in_queues()) end

local before = redis.call('ZCOUNT', index, '-inf', '(' .. start)
local left = redis.call('ZCARD', index) - before
local reply = { before + queued, 0 }
for i = 0, slots - 1 do
  if left == 0 then break end
  local count = redis.call('ZCOUNT', index, start + i * length, '(' .. start + (i + 1) * length)
  reply[#reply + 1] = count
  left = left - count
end
reply[2] = left
return reply
