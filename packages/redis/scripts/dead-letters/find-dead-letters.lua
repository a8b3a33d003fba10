--- Finds dead letters of a client in this partition, the oldest first.
-- ARGV: client, least id or '-', ending id or '+' (either with '(' = beyond it), bucket ('' = any),
--       number of the error class ('' = any), limit, most to look at
-- Reply: Redis's clock, ms; 1 when the client's dead letters were looked at to the end, otherwise 0; then the ids of
--        those that match; and when it was 0, the id of the last one looked at, matching or not.
-- Cost: O(log n + looked at).
--- @include partition

local client, from, to, bucket, class, limit, most_looks =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local CHUNK = 256

local function matches(fields)
  return (bucket == '' or fields[2] == bucket) and (class == '' or fields[4] == class)
end

local reply = { now_ms(), 1 }
local looked, matched = 0, 0
while true do
  local chunk = redis.call('XRANGE', dead_letter_prefix .. client, from, to, 'COUNT', CHUNK)
  for _, entry in ipairs(chunk) do
    local id, fields = entry[1], entry[2]
    looked = looked + 1
    if matches(fields) then
      matched = matched + 1
      reply[#reply + 1] = id
    end
    if matched == limit or looked == most_looks then
      reply[2] = 0
      reply[#reply + 1] = id
      return reply
    end
    from = '(' .. id
  end
  if #chunk < CHUNK then return reply end
end
