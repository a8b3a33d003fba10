-- Ends tasks: the record shrinks to the parts that a client may still read, such as the latest attempts. The task leaves
-- the client's indexes, and a policy that no task uses any more is removed.
--- @include record tags
local ended_clients, ended_policies = {}, {}

-- history: a one-shot task's; of a recurring one its latest attempts are kept.
local function end_task(id, header, state, due_ms, occurrence, retention_ms, history)
  if header.interval > 0 then
    history = redis.call('HGET', latest_attempts, id) or ''
    redis.call('HDEL', latest_attempts, id)
  end
  local ended = pack_ended(header, state, due_ms, occurrence, history)
  redis.call('SET', record_prefix .. id, ended, 'PX', retention_ms)
  leave_tags(id, header)
  local ids = ended_clients[header.client] or {}
  ids[#ids + 1] = id
  ended_clients[header.client] = ids
  ended_policies[header.policy] = (ended_policies[header.policy] or 0) + 1
end

-- Must be called once after the last end_task.
local function finish_ends()
  for client, ids in pairs(ended_clients) do
    redis.call('ZREM', client_prefix .. client, unpack(ids))
  end
  for policy, count in pairs(ended_policies) do
    if redis.call('HINCRBY', policy_refs, policy, -count) <= 0 then
      redis.call('HDEL', policy_refs, policy)
      redis.call('HDEL', policies, policy)
    end
  end
end
