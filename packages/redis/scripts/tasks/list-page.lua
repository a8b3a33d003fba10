--- A page of a client's tasks in this partition, by due time, then id.
-- ARGV: client, least due ms (0 = open), due before ms (0 = open), after ms, after id ('' = from the start),
--       recurring (1, 0 or '' = both), limit, most to look at, tag ('' = any)
-- Reply: 1 when the client's tasks were looked at to the end, otherwise 0; then (due ms, task id)… that match; and
--        when it was 0, the last one looked at as (due ms, task id) at the end, matching or not.
-- Cost: O(log² n + looked at).
--- @include record tags

local client, least, before, after_ms, after_id, recurring, limit, most_looks, tag =
  ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9]
local index = tag == '' and client_prefix .. client or tag_index(client, tag)

-- How many tasks stand before or at the cursor, which itself may be gone: those due at the same time are in order of
-- their ids.
local function behind_cursor()
  local low = redis.call('ZCOUNT', index, '-inf', '(' .. after_ms)
  local high = redis.call('ZCOUNT', index, '-inf', after_ms)
  while low < high do
    local middle = math.floor((low + high) / 2)
    if redis.call('ZRANGE', index, middle, middle)[1] <= after_id then low = middle + 1 else high = middle end
  end
  return low
end

local function matches(id)
  if recurring == '' then return true end
  local header = readable(load_header(id))
  return header and (header.interval > 0) == (recurring == '1')
end

local from = redis.call('ZCOUNT', index, '-inf', '(' .. least)
if after_id ~= '' then from = math.max(from, behind_cursor()) end

local reply = { 1 }
local looked, matched = 0, 0
while true do
  local chunk = redis.call('ZRANGE', index, from + looked, from + looked + 255, 'WITHSCORES')
  for i = 1, #chunk, 2 do
    local id, score = chunk[i], chunk[i + 1]
    if before > 0 and tonumber(score) >= before then return reply end
    looked = looked + 1
    if matches(id) then
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
