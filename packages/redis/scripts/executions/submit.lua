--- Registers tasks that a daemon is to carry out. A task that its client named is registered once: a repeated call gets the
--- due time of the first call.
-- ARGV: slice ms, notice ms, number of policies, (policy hash, policy)…, client, (task id, delay ms ('' = at), Unix epoch ms
--       ('' = after the delay; what has passed means now), interval ms, policy hash, parts, payload,
--       Unix ms until which it may be registered ('' = it has no name), how many others it waits for, (task id, name)…)…
-- Reply: per task the ms at which it is due first; '' when it is too late: its name may stand for another task by now.
-- Cost: O(log n) per task.
--- @include register-tasks executions/dependencies

-- Time for whoever registers a waiting task to tell those that it waits for, ms. Then a scheduler does it.
local LINKED_WITHIN_MS = 10000
local FIXED = 9
local client_at = 4 + 2 * tonumber(ARGV[3])
local client = ARGV[client_at]
local now = now_ms()
local registered = {}

-- The others, as task ids and names in turn, are `others` arguments from `from` on.
local function wait_for(id, from, others)
  for i = from, from + 2 * (others - 1), 2 do
    redis.call('HSET', waits_of(id), ARGV[i], ARGV[i + 1])
  end
  redis.call('ZADD', waiting_tasks, now + LINKED_WITHIN_MS, id)
  redis.call('HSET', report_key(id), 'submitted', now)
end

local function write(id, due_ms, interval, policy, parts, payload, from, others)
  local name = execution_of({ parts = read_parts(parts) }).name
  local told = name == '' and {} or { 'name', name }
  if others == 0 then return register_task(id, due_ms, interval, client, policy, parts, payload, unpack(told)) end
  if not write_task(id, due_ms, interval, client, policy, parts, payload) then return false end
  wait_for(id, from, others)
  tell_event('waiting', client, id, 1, 0, unpack(told))
  return true
end

local function submit(place, others)
  local id, delay, at, interval, policy, parts, payload, register_by = unpack(ARGV, place, place + FIXED - 2)
  local receipt = register_by ~= '' and redis.call('GET', receipt_prefix .. id)
  if receipt then return tonumber(receipt) end
  if register_by ~= '' and now > tonumber(register_by) then return '' end
  local due_ms = at == '' and now + tonumber(delay) or math.max(now, tonumber(at))
  if write(id, due_ms, tonumber(interval), policy, parts, payload, place + FIXED, others) then
    registered[#registered + 1] = id
  end
  if register_by ~= '' then redis.call('SET', receipt_prefix .. id, string.format('%d', due_ms)) end
  return due_ms
end

local reply, place = {}, client_at + 1
while place < #ARGV do
  local others = tonumber(ARGV[place + FIXED - 1])
  reply[#reply + 1] = submit(place, others)
  place = place + FIXED + 2 * others
end
finish_registrations(now, 4, client_at - 1)
for _, id in ipairs(registered) do
  list_execution(id, load_header(id), nil, 'pending')
end
return reply
