-- What was claimed lately, in one value: u48 ms of the last claim | u32 minute | u32 claimed in it | u32 in the one before.
--- @include partition
local MINUTE_MS = 60000

local function read_claims()
  local value = redis.call('GET', claims)
  if not value then return 0, 0, 0, 0 end
  local last_ms, minute, current, previous = struct.unpack('>I6I4I4I4', value)
  return last_ms, minute, current, previous
end

-- A write at every claim would be exact; for claims of nothing, a few writes a second are enough.
local function note_claim(now, count)
  local last_ms, minute, current, previous = read_claims()
  -- Also after the clock was set back.
  if count == 0 and math.abs(now - last_ms) < 50 then return end
  local this_minute = math.floor(now / MINUTE_MS)
  if this_minute ~= minute then
    current, previous = 0, this_minute == minute + 1 and current or 0
  end
  redis.call('SET', claims, struct.pack('>I6I4I4I4', now, this_minute, current + count, previous))
end

-- Occurrences claimed in the last 60 s; what the minute before counts is spread evenly over it.
local function claimed_lately(now)
  local _, minute, current, previous = read_claims()
  local age = math.floor(now / MINUTE_MS) - minute
  if age > 1 then return 0 end
  local rest = 1 - (now % MINUTE_MS) / MINUTE_MS
  return math.floor((age == 0 and current + previous * rest or current * rest) + 0.5)
end
