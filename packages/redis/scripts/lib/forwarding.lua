-- Dead letters on their way outside. They are in a consumer group of the DLQ stream. Each of its consumers stands for a
-- destination, by whose name it goes; its pending entries are what the destination still has to get. An entry's idle time
-- is the time since somebody took it: from a lease's length on it is free.
local FORWARDERS, UNSORTED = 'forwarders', 'unsorted'
local FREE_IDLE_MS = 1000000000

-- A dead letter that a destination has got stays for a while, for replays.
local function remove_letter(id)
  redis.call('XDEL', dlq, id)
end

local function field(fields, name)
  for i = 1, #fields, 2 do
    if fields[i] == name then return fields[i + 1] end
  end
end

-- The group goes with the stream.
local function has_forwarders()
  if redis.call('EXISTS', dlq) == 0 then return false end
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', dlq)) do
    if field(group, 'name') == FORWARDERS then return true end
  end
  return false
end
