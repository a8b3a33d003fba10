-- How executions end. The task may end with them.
--- @include executions/dependencies end-task dead-letters
-- How long an ended task can be read and listed.
local KEPT_MS = 86400000
-- More than come in: nobody has to list them for their lists to stay short.
local TIDIED_AT_AN_END = 3
local ENDED_STATUS = { [DELIVERED] = 'completed', [DEAD_LETTERED] = 'failed', [CANCELLED] = 'canceled',
  [EXPIRED] = 'canceled' }

-- `from`: the status that the task had.
local function end_executed_task(id, header, state, from, scheduled, occurrence, history)
  local to = ENDED_STATUS[state]
  list_execution(id, header, from, to)
  tidy_lists(now_ms(), TIDIED_AT_AN_END)
  redis.call('ZADD', execution_prefix .. 'ended', now_ms() + KEPT_MS, set_name(header) .. ':' .. to .. ':' .. id)
  redis.call('HDEL', cancelling, id)
  tell_dependants(id, state, now_ms())
  redis.call('HSET', report_key(id), 'ended', now_ms(), 'updated', now_ms())
  redis.call('PEXPIRE', report_key(id), KEPT_MS)
  end_task(id, header, state, scheduled, occurrence, KEPT_MS, history)
end

local function retry_of(header)
  return cjson.decode(redis.call('HGET', policies, header.policy)).retry
end

-- An execution that failed or lost its lease is cancelled if that was asked for, otherwise tried again or dead-lettered.
local function fail_execution(id, header, member, state, entry, now)
  local _, attempts, occurrence, scheduled, history = unpack_state(state)
  entry = numbered_entry(entry, attempts)
  take_away(member, header)
  history = remember_attempt(id, header, occurrence, history, entry)
  local retry = retry_of(header)
  local is_cancelled = redis.call('HEXISTS', cancelling, id) == 1
  if not is_cancelled and attempts < retry.maxAttempts then
    local due_ms = now + (outcome_of_entry(entry) == LOST and 0 or retry.intervalMs)
    tell_execution('retrying', header, id, occurrence, attempts, 'due', due_ms, 'entry', entry)
    list_execution(id, header, 'running', 'pending')
    return come_back(id, header, member, pack_state(NO_TOKEN, attempts, occurrence, scheduled, history), due_ms)
  end
  end_occurrence(id, header, member)
  if not is_cancelled then
    tell_execution('dead_lettered', header, id, occurrence, attempts, 'entry', entry)
    local record = redis.call('GET', record_prefix .. id)
    park_occurrence(id, header, record, attempts, occurrence, scheduled, history, outcome_of_entry(entry))
  end
  if header.interval == 0 or is_cancelled then
    local end_of_task = is_cancelled and 'cancelled' or outcome_of_entry(entry) == TIMEOUT and 'timed_out' or 'failed'
    tell_execution(end_of_task, header, id, occurrence, attempts, 'entry', entry)
    local state_of_end = is_cancelled and CANCELLED or DEAD_LETTERED
    end_executed_task(id, header, state_of_end, 'running', scheduled, occurrence, history)
  else
    list_execution(id, header, 'running', 'pending')
  end
end

local function complete_execution(id, header, member, state, entry)
  local _, attempts, occurrence, scheduled, history = unpack_state(state)
  entry = numbered_entry(entry, attempts)
  take_away(member, header)
  history = remember_attempt(id, header, occurrence, history, entry)
  tell_execution('completed', header, id, occurrence, attempts, 'entry', entry)
  end_occurrence(id, header, member)
  if header.interval == 0 then
    end_executed_task(id, header, DELIVERED, 'running', scheduled, occurrence, history)
  elseif redis.call('HEXISTS', cancelling, id) == 1 then
    tell_execution('cancelled', header, id, occurrence, attempts)
    end_executed_task(id, header, CANCELLED, 'running', scheduled, occurrence, history)
  else
    list_execution(id, header, 'running', 'pending')
  end
end

-- An occurrence that no daemon has begun in time ends, without a dead letter.
local function expire_execution(id, header, member, state)
  local _, attempts, occurrence, scheduled, history = unpack_state(state)
  redis.call('ZREM', expiring, member)
  redis.call('ZREM', offers, member)
  leave_ready(member, set_name(header))
  take_away(member, header)
  old_states[#old_states + 1] = member
  tell_execution('expired', header, id, occurrence, attempts)
  if header.interval == 0 then
    end_executed_task(id, header, EXPIRED, 'pending', scheduled, occurrence, history)
  end
end

-- Cancels a task. True if a daemon executes it: then the daemon is told to end it, and the task ends with its execution.
local function cancel_execution(id, header, reason)
  local member = member_of(id, 1)
  remove_waiting(id, header.client)
  forget_waits(id, header)
  if header.in_flight > 0 or (header.interval == 0 and redis.call('ZSCORE', leases, member)) then
    redis.call('HSET', cancelling, id, reason)
    redis.call('PUBLISH', execution_channel, 'cancel ' .. id .. ' ' .. reason)
    tell_execution('cancelling', header, id, header.occurrence, 0, 'reason', reason)
    return true
  end
  local state, history = header.interval == 0 and redis.call('HGET', occurrences, member), ''
  if state then
    history = select(5, unpack_state(state))
    remove_waiting(member, header.client)
    redis.call('ZREM', offers, member)
    redis.call('ZREM', expiring, member)
    redis.call('HDEL', occurrences, member)
    leave_ready(member, set_name(header))
    take_away(member, header)
  end
  tell_execution('cancelled', header, id, header.occurrence, 0, 'reason', reason)
  end_executed_task(id, header, CANCELLED, 'pending', due_of(header, header.occurrence), header.occurrence, history)
  return false
end
