#!lua flags=allow-oom
--- Puts attempts whose lease ran out back to the due index, due at once. The attempt counts and is in the history. An execution's
--- last attempt makes it a dead letter. Offers that no daemon accepted go back to the ready ones, uncounted.
--- Executions that no daemon began in time expire.
-- ARGV: slice ms, notice ms, limit, ms before which the leases must have ended
-- Reply: how many leases had run out, how many of them were of executions, and how many executions expired.
-- Cost: O(log n) per attempt.
--- @include transitions executions/end-execution

local now = now_ms()

local function recover(member, lease_end, id, header)
  local state = redis.call('HGET', occurrences, member)
  if not header or header.kind ~= LIVE or not state then return drop_leased(member) end
  local _, attempts, occurrence, scheduled, history = unpack_state(state)
  if execution_of(header) then
    return fail_execution(id, header, member, state, lost_entry(attempts, lease_end), now)
  end
  local entry = lost_entry(attempts, lease_end)
  history = remember_attempt(id, header, occurrence, history, entry)
  tell_event('retrying', header.client, id, occurrence, attempts, 'due', now, 'entry', entry)
  come_back(id, header, member, pack_state(NO_TOKEN, attempts, occurrence, scheduled, history), now)
end

-- A daemon ends its engine before its lease ends. The margin is for delays that the daemon can't prevent.
local MARGIN_MS = 1000
local recovered, executions = 0, 0
local ended_before = math.min(now, tonumber(ARGV[4]))
local lost = redis.call('ZRANGEBYSCORE', leases, '-inf', '(' .. ended_before, 'WITHSCORES', 'LIMIT', 0, tonumber(ARGV[3]))
for i = 1, #lost, 2 do
  local id = task_of(lost[i])
  local header = load_header(id)
  local is_too_early = header and header.kind == LIVE and execution_of(header) and tonumber(lost[i + 1]) + MARGIN_MS > now
  if not is_too_early and (not header or header.kind ~= UNREADABLE) then
    recover(lost[i], tonumber(lost[i + 1]), id, header)
    recovered = recovered + 1
    if header and header.kind == LIVE and execution_of(header) then executions = executions + 1 end
  end
end

for _, member in ipairs(redis.call('ZRANGEBYSCORE', offers, '-inf', '(' .. now, 'LIMIT', 0, tonumber(ARGV[3]))) do
  local id = task_of(member)
  local header, state = load_header(id), redis.call('HGET', occurrences, member)
  if header and header.kind == LIVE and state then
    back_to_ready(id, header, member, state, false, now)
  else
    redis.call('ZREM', offers, member)
  end
end

local expired = 0
for _, member in ipairs(redis.call('ZRANGEBYSCORE', expiring, '-inf', now, 'LIMIT', 0, tonumber(ARGV[3]))) do
  local id = task_of(member)
  local header, state = load_header(id), redis.call('HGET', occurrences, member)
  if header and header.kind == LIVE and state then
    expire_execution(id, header, member, state)
    expired = expired + 1
  elseif not header or header.kind ~= UNREADABLE then
    redis.call('ZREM', expiring, member)
  end
end
write_moves(now)
finish_ends()
return { recovered, executions, expired }
