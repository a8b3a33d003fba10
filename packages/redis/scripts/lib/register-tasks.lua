-- New tasks: record, due index, client index and index of tags, and the delivery policies that they use.
--- @include transitions
local new_scores_of_client, new_uses = {}, {}

-- The due time; a time that has passed means now.
-- A time of a calendar stays as it is: it may have passed since the caller asked for the next one.
local function due_by(now, delay_ms, at_ms, interval)
  if interval == CALENDAR_INTERVAL_MS then return at_ms end
  return at_ms > 0 and math.max(at_ms, now) or now + delay_ms
end

-- Writes a task that is not due yet. Returns false and changes nothing if it exists already.
local function write_task(id, due_ms, interval, client, policy, parts, payload)
  local record = pack_record(due_ms, interval, policy, client, parts, payload)
  if not redis.call('SET', record_prefix .. id, record, 'NX') then return false end
  if parts ~= '' then list_by_tags(id, client, read_parts(parts), due_ms, 'NX') end
  new_scores_of_client[client] = new_scores_of_client[client] or {}
  append(new_scores_of_client[client], due_ms, id)
  new_uses[policy] = (new_uses[policy] or 0) + 1
  return true
end

-- As write_task, of one that is due by its time. The last arguments are further fields of its event, as names and values in
-- turn.
local function register_task(id, due_ms, interval, client, policy, parts, payload, ...)
  if not write_task(id, due_ms, interval, client, policy, parts, payload) then return false end
  arm(id, due_ms)
  tell_event('scheduled', client, id, 1, 0, 'due', due_ms, ...)
  return true
end

-- Must be called once after the last register_task, with (policy hash, policy)… as the arguments `from` to `to`.
local function finish_registrations(now, from, to)
  write_moves(now)
  for client, scores in pairs(new_scores_of_client) do
    redis.call('ZADD', client_prefix .. client, unpack(scores))
  end
  for i = from, to, 2 do
    local policy = ARGV[i]
    if new_uses[policy] then
      redis.call('HSETNX', policies, policy, ARGV[i + 1])
      redis.call('HINCRBY', policy_refs, policy, new_uses[policy])
    end
  end
end
