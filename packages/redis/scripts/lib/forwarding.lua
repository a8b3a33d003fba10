-- Dead letters on their way outside. They are in a consumer group of the DLQ stream. Each of its consumers is a queue: that
-- of one client for one destination, called `<client id> <destination>`. Older releases called it by the destination alone.
-- Its pending entries are what the destination still has to get. An entry's idle time is the time since somebody took it:
-- from a lease's length on it is free.
--- @include dead-letters
local FORWARDERS, UNSORTED = 'forwarders', 'unsorted'
local FREE_IDLE_MS = 1000000000

-- A bucket's name is no URL.
local function is_outside(destination)
  return destination:find('://', 1, true) ~= nil
end

-- What XINFO knows of the group; nil when there is none. It goes with the stream.
local function forwarders()
  if redis.call('EXISTS', dlq) == 0 then return nil end
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', dlq)) do
    if field(group, 'name') == FORWARDERS then return group end
  end
end

local function queue_of_letter(client, destination)
  return client .. ' ' .. destination
end

local function is_behind(id, other)
  local ms, sequence = id:match('^(%d+)-(%d+)$')
  local other_ms, other_sequence = other:match('^(%d+)-(%d+)$')
  if ms ~= other_ms then return tonumber(ms) > tonumber(other_ms) end
  return tonumber(sequence) > tonumber(other_sequence)
end

-- Whether a destination outside still has to get a dead letter that is there.
local function awaits_forwarding(id, destination)
  if not is_outside(destination) then return false end
  local group = forwarders()
  if not group or is_behind(id, field(group, 'last-delivered-id')) then return true end
  return #redis.call('XPENDING', dlq, FORWARDERS, id, id, 1) > 0
end
