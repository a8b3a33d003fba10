-- Tags that a client gives to its tasks, and the index by which it finds tasks by a tag: for each client and tag a sorted set
-- of task ids by next due ms. It is kept beside the list of the client's tasks. A task without tags costs nothing here.
--- @include partition parts

-- Tags by the parts of a task.
local function tags_of(parts)
  local packed, tags, at = parts[TAGS_PART] or '', {}, 1
  while at <= #packed do
    local length = packed:byte(at)
    tags[#tags + 1] = packed:sub(at + 1, at + length)
    at = at + 1 + length
  end
  return tags
end

-- A client id has no colon.
local function tag_index(client, tag)
  return tag_prefix .. client .. ':' .. tag
end

-- condition: NX for a new task, XX for one that has not ended.
local function list_by_tags(id, client, parts, due_ms, condition)
  for _, tag in ipairs(tags_of(parts)) do
    redis.call('ZADD', tag_index(client, tag), condition, due_ms, id)
  end
end

local function leave_tags(id, header)
  for _, tag in ipairs(tags_of(header.parts)) do
    redis.call('ZREM', tag_index(header.client, tag), id)
  end
end
