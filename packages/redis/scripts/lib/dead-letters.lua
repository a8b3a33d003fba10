-- Dead letters: entries of the DLQ stream, which holds those of all clients, each with an entry of the same id in its
-- client's index stream. Layouts are in docs/redis-keys.md.
--- @include partition parts
-- The parts that a replay gets.
local function parts_of_letter(header)
  local packed = ''
  for _, tag in ipairs({ EXECUTION_PART, TAGS_PART }) do
    local value = header.parts[tag]
    if value then packed = packed .. pack_part(tag, value) end
  end
  return packed
end

local function park(letter)
  local id = redis.call('XADD', dlq, '*', 'task', letter.task, 'client', letter.client, 'occurrence', letter.occurrence,
    'attempts', letter.attempts, 'scheduled', letter.scheduled, 'replay_of', letter.replay_of,
    'payload', letter.payload, 'policy', letter.policy, 'history', letter.history, 'parts', letter.parts or '')
  redis.call('XADD', dead_letter_prefix .. letter.client, id,
    'bucket', cjson.decode(letter.policy).dlq.destination, 'class', letter.error_class)
end

-- bucket, class of one of a client's dead letters; nil when it has no such one.
local function find_letter(client, id)
  local entry = redis.call('XRANGE', dead_letter_prefix .. client, id, id)[1]
  if entry then return entry[2][2], entry[2][4] end
end

-- A value out of an array of names and values in turn.
local function field(fields, name)
  for i = 1, #fields, 2 do
    if fields[i] == name then return fields[i + 1] end
  end
end

-- Fields and values of a letter that is there, in turn.
local function load_letter(id)
  return redis.call('XRANGE', dlq, id, id)[1][2]
end

-- record: that of its task, whole.
local function park_occurrence(id, header, record, attempts, occurrence, scheduled, history, error_class)
  park({
    task = id, client = header.client, occurrence = occurrence, attempts = attempts, scheduled = scheduled,
    replay_of = origin_of(header), payload = record:sub(header.rest_at),
    policy = redis.call('HGET', policies, header.policy), history = history, error_class = error_class,
    parts = parts_of_letter(header),
  })
end

local function remove_letter(client, id)
  local index = dead_letter_prefix .. client
  redis.call('XDEL', dlq, id)
  redis.call('XDEL', index, id)
  if redis.call('XLEN', index) == 0 then redis.call('DEL', index) end
end
