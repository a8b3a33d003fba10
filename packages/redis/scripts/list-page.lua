--- A page of a client's tasks in this partition, by due time, then id.
-- ARGV: client, least due ms (0 = open), most due ms ('+inf' = open), after ms, after id ('' = from the start),
--       recurring (1, 0 or '' = both), limit, most to look at
-- Reply: 1 when the client's tasks were looked at to the end, otherwise 0; then (due ms, task id)… that match; and
--        when it was 0, the last one looked at as (due ms, task id) at the end, matching or not.
-- Cost: O(log n + looked at).
--- @include partition record

local client, least, most, after_ms, after_id, recurring, limit, most_looks =
  ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
if after_id ~= '' then least = math.max(tonumber(least), tonumber(after_ms)) end

local function matches(id, score)
  if after_id ~= '' and tonumber(score) == tonumber(after_ms) and id <= after_id then return false end
  if recurring == '' then return true end
  local header = load_header(id)
  return header and (header.interval > 0) == (recurring == '1')
end

local reply = { 1 }
local looked, matched = 0, 0
while true do
  local chunk = redis.call('ZRANGEBYSCORE', client_prefix .. client, least, most, 'WITHSCORES', 'LIMIT', looked, 256)
  for i = 1, #chunk, 2 do
    local id, score = chunk[i], chunk[i + 1]
    looked = looked + 1
    if matches(id, score) then
      matched = matched + 1
      reply[#reply + 1] = score
      reply[#reply + 1] = id
    end
    if matched == limit or looked == most_looks then
      reply[1] = 0
      reply[#reply + 1] = score
      reply[#reply + 1] = id
      return reply
    end
  end
  if #chunk < 512 then return reply end
end
