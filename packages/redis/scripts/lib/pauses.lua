-- What is held of paused tasks. A member that would wait for its claim is in `paused` instead, with the time at which it is
-- due. So nothing that claims, looks ahead or counts what is overdue meets it. All scores are 0: entries are in the order of
-- their texts, and those of one task are together.
--
-- entry: <member> <due ms>
--- @include record

local function is_paused(header)
  return header.parts[PAUSED_PART] ~= nil
end

local function paused_since(header)
  return (struct.unpack('>I6', header.parts[PAUSED_PART]))
end

local function hold(member, due_ms)
  redis.call('ZADD', paused, 0, member .. ' ' .. string.format('%d', due_ms))
end

-- When a member is due that is held; nil when it isn't.
local function held_due(member)
  local entry = redis.call('ZRANGEBYLEX', paused, '[' .. member .. ' ', '(' .. member .. '!', 'LIMIT', 0, 1)[1]
  return entry and tonumber(entry:match(' (%d+)$'))
end

-- Lets go of all that is held of a task. Returns it as a list of { member, due ms }.
local function let_go(id)
  local held = {}
  -- In the order of texts, a blank is in front of ':', and ';' is behind it.
  for _, entry in ipairs(redis.call('ZRANGEBYLEX', paused, '[' .. id .. ' ', '(' .. id .. ';')) do
    local member, due_ms = entry:match('^(%S+) (%d+)$')
    held[#held + 1] = { member, tonumber(due_ms) }
    redis.call('ZREM', paused, entry)
  end
  return held
end

-- A paused task ends: what is held of it goes.
local function drop_held(id)
  for _, entry in ipairs(let_go(id)) do
    redis.call('HDEL', occurrences, entry[1])
  end
end
