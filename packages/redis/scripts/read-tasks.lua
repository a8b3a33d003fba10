--- Tasks of a client as it may see them.
-- ARGV: client, most bytes, task id…
-- Reply: per task, in the order asked for, {} when there is no such task of this client, otherwise
--        {state, due ms, interval ms, occurrence, payload}. Ends early, at least one task in, once the payloads
--        exceed the bytes.
-- Cost: O(log n) per task.
--- @include partition record

local SCHEDULED, IN_FLIGHT, RETRYING = 1, 2, 3

-- state, due ms, occurrence of a live task
local function standing(id, header)
  if header.interval > 0 then
    return header.in_flight > 0 and IN_FLIGHT or SCHEDULED, due_of(header, header.occurrence), header.occurrence
  end
  local member = member_of(id, 1)
  local state = redis.call('HGET', occurrences, member)
  if not state then return SCHEDULED, header.first, 1 end
  local token, attempts, _, scheduled = unpack_state(state)
  if token ~= NO_TOKEN then return IN_FLIGHT, scheduled, 1 end
  local due_ms = tonumber(redis.call('ZSCORE', due, member) or scheduled)
  return attempts > 0 and RETRYING or SCHEDULED, due_ms, 1
end

local client, most_bytes = ARGV[1], tonumber(ARGV[2])
local reply, bytes = {}, 0
for i = 3, #ARGV do
  local record = redis.call('GET', record_prefix .. ARGV[i])
  local header = readable(read_header(record or nil))
  local task = {}
  if header and header.client == client then
    if header.kind == ENDED then
      task = { header.state, header.first, header.interval, header.occurrence, '' }
    else
      local state, due_ms, occurrence = standing(ARGV[i], header)
      task = { state, due_ms, header.interval, occurrence, record:sub(header.payload_at) }
      bytes = bytes + #task[5]
    end
  end
  if bytes > most_bytes and i > 3 then break end
  reply[#reply + 1] = task
end
return reply
