--- Registers tasks that a daemon is to carry out. A task that its client named is registered once: a repeated call gets the
--- due time of the first call.
-- ARGV: slice ms, notice ms, number of policies, (policy hash, policy)…, client, (task id, delay ms ('' = at), Unix epoch ms
--       ('' = after the delay; what has passed means now), interval ms, policy hash, parts, payload,
--       Unix ms until which it may be registered ('' = it has no name))…
-- Reply: per task the ms at which it is due first; '' when it is too late: its name may stand for another task by now.
-- Cost: O(log n) per task.
--- @include register-tasks executions/executions

local client_at = 4 + 2 * tonumber(ARGV[3])
local client = ARGV[client_at]
local now = now_ms()
local registered = {}

local function submit(id, delay, at, interval, policy, parts, payload, register_by)
  local receipt = register_by ~= '' and redis.call('GET', receipt_prefix .. id)
  if receipt then return tonumber(receipt) end
  if register_by ~= '' and now > tonumber(register_by) then return '' end
  local due_ms = at == '' and now + tonumber(delay) or math.max(now, tonumber(at))
  local name = execution_of({ parts = read_parts(parts) }).name
  local told = name == '' and {} or { 'name', name }
  if register_task(id, due_ms, tonumber(interval), client, policy, parts, payload, unpack(told)) then
    registered[#registered + 1] = id
  end
  if register_by ~= '' then redis.call('SET', receipt_prefix .. id, string.format('%d', due_ms)) end
  return due_ms
end

local reply = {}
for i = client_at + 1, #ARGV, 8 do
  reply[#reply + 1] = submit(unpack(ARGV, i, i + 7))
end
finish_registrations(now, 4, client_at - 1)
for _, id in ipairs(registered) do
  list_execution(id, load_header(id), nil, 'pending')
end
return reply
