--- Registers a task that a daemon is to carry out. A task that its client named is registered once: a repeated call gets the
--- due time of the first call.
-- ARGV: slice ms, notice ms, task id, delay ms ('' = at), Unix epoch ms ('' = after the delay; what has passed means now),
--       interval ms, client, policy hash, policy, execution as its part's value, payload,
--       Unix ms until which it may be registered ('' = it has no name), ms after which it expires (0 = never)
-- Reply: the ms at which it is due first; '' when it is too late: its name may stand for another task by now.
-- Cost: O(log n).
--- @include register-tasks executions/executions

local id, delay, at, interval, client, policy, execution, payload, register_by, expires_after =
  ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7], ARGV[8], ARGV[10], ARGV[11], ARGV[12], tonumber(ARGV[13])
local now = now_ms()
local receipt = register_by ~= '' and redis.call('GET', receipt_prefix .. id)
if receipt then return tonumber(receipt) end
if register_by ~= '' and now > tonumber(register_by) then return '' end

local due_ms = at == '' and now + tonumber(delay) or math.max(now, tonumber(at))
local name = execution:sub(13 + execution:byte(12))
local told = name == '' and {} or { 'name', name }
local parts = pack_part(EXECUTION_PART, execution)
if expires_after > 0 then parts = parts .. pack_part(EXPIRY_PART, struct.pack('>I6', expires_after)) end
register_task(id, due_ms, interval, client, policy, parts, payload, unpack(told))
finish_registrations(now, 8, 9)
list_execution(id, load_header(id), nil, 'pending')
if register_by ~= '' then redis.call('SET', receipt_prefix .. id, string.format('%d', due_ms)) end
return due_ms
