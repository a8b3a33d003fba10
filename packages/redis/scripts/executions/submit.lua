--- Registers a task that a daemon is to carry out. A task that its client named is registered once: a repeated call gets the
--- due time of the first call.
-- ARGV: slice ms, notice ms, task id, delay ms ('' = at), Unix epoch ms ('' = after the delay; what has passed means now),
--       interval ms, client, policy hash, policy, parts, payload,
--       Unix ms until which it may be registered ('' = it has no name)
-- Reply: the ms at which it is due first; '' when it is too late: its name may stand for another task by now.
-- Cost: O(log n).
--- @include register-tasks executions/executions

local id, delay, at, interval, client, policy, parts, payload, register_by =
  ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7], ARGV[8], ARGV[10], ARGV[11], ARGV[12]
local now = now_ms()
local receipt = register_by ~= '' and redis.call('GET', receipt_prefix .. id)
if receipt then return tonumber(receipt) end
if register_by ~= '' and now > tonumber(register_by) then return '' end

local due_ms = at == '' and now + tonumber(delay) or math.max(now, tonumber(at))
local name = execution_of({ parts = read_parts(parts) }).name
local told = name == '' and {} or { 'name', name }
register_task(id, due_ms, interval, client, policy, parts, payload, unpack(told))
finish_registrations(now, 8, 9)
list_execution(id, load_header(id), nil, 'pending')
if register_by ~= '' then redis.call('SET', receipt_prefix .. id, string.format('%d', due_ms)) end
return due_ms
