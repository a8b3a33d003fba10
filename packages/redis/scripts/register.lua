--- Registers tasks: record, due index and client index, and the delivery policies that they use.
-- ARGV: slice ms, notice ms, number of policies, (policy hash, policy)…,
--       (task id, delay ms, interval ms, client, policy hash, payload)…
-- Reply: per task the ms at which it is due first. A task that is there already keeps its time, so that a call that is
--        repeated after a lost reply changes nothing.
-- Cost: O(log n) per task.
--- @include partition record wake

local now = now_ms()
local slice_ms = tonumber(ARGV[1])
local tasks_at = 4 + 2 * tonumber(ARGV[3])

local reply, scores, scores_of_client, uses, first_of_slice = {}, {}, {}, {}, {}
for i = tasks_at, #ARGV, 6 do
  local id, delay, interval, client, policy, payload = unpack(ARGV, i, i + 5)
  local due_ms = now + tonumber(delay)
  local record = pack_record(due_ms, tonumber(interval), policy, client, payload)
  if redis.call('SET', record_prefix .. id, record, 'NX') then
    scores[#scores + 1] = due_ms
    scores[#scores + 1] = id
    local of_client = scores_of_client[client] or {}
    of_client[#of_client + 1] = due_ms
    of_client[#of_client + 1] = id
    scores_of_client[client] = of_client
    uses[policy] = (uses[policy] or 0) + 1
    local slice = due_ms - due_ms % slice_ms
    first_of_slice[slice] = math.min(first_of_slice[slice] or due_ms, due_ms)
  else
    due_ms = load_header(id).first
  end
  reply[#reply + 1] = due_ms
end

for _, due_ms in pairs(first_of_slice) do
  wake_for(due_ms, now)
end
if #scores > 0 then redis.call('ZADD', due, unpack(scores)) end
for client, of_client in pairs(scores_of_client) do
  redis.call('ZADD', client_prefix .. client, unpack(of_client))
end
for i = 4, tasks_at - 1, 2 do
  local policy = ARGV[i]
  if uses[policy] then
    redis.call('HSETNX', policies, policy, ARGV[i + 1])
    redis.call('HINCRBY', policy_refs, policy, uses[policy])
  end
end
return reply
