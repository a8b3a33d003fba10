-- New tasks: record, due index and client index, and the delivery policies that they use.
local new_scores, new_scores_of_client, new_uses, first_new_of_slice = {}, {}, {}, {}

local function append(list, due_ms, id)
  list[#list + 1] = due_ms
  list[#list + 1] = id
end

-- False, and nothing changes, when there is such a task already.
local function register_task(id, due_ms, interval, client, policy, origin, payload)
  local record = pack_record(due_ms, interval, policy, client, origin, payload)
  if not redis.call('SET', record_prefix .. id, record, 'NX') then return false end
  append(new_scores, due_ms, id)
  new_scores_of_client[client] = new_scores_of_client[client] or {}
  append(new_scores_of_client[client], due_ms, id)
  new_uses[policy] = (new_uses[policy] or 0) + 1
  local slice = due_ms - due_ms % tonumber(ARGV[1])
  first_new_of_slice[slice] = math.min(first_new_of_slice[slice] or due_ms, due_ms)
  return true
end

-- Must be called once after the last register_task, with (policy hash, policy)… as the arguments `from` to `to`.
local function finish_registrations(now, from, to)
  for _, due_ms in pairs(first_new_of_slice) do
    wake_for(due_ms, now)
  end
  if #new_scores > 0 then redis.call('ZADD', due, unpack(new_scores)) end
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
