-- Dependencies: a task that waits for others, until all of them have completed. Either may be in another partition.
--
--   partition of the waiting task: waits:<task id>       hash of what is still waited for: task id, and the name it was called by
--                                  waiting               those tasks, by the ms at which it is checked whether the others know
--   partition of the other:        dependants:<task id>  who waits for it, until they were told how it ended
--                                  outbox                `<task id> <state>` of tasks that ended and have dependants, by the ms
--
-- The waiting task is written first, then its entry at each of the others, which tells if that one has ended. A task that
-- ends enters the outbox in the same step. A scheduler tells its dependants, and then removes them. Every step may be
-- repeated: what is waited for is a set, and telling twice that one of it has ended changes nothing.
--- @include executions/executions
local waiting_tasks, outbox = execution_prefix .. 'waiting', execution_prefix .. 'outbox'
local CANCELS = 'c'
-- Where a live record has it.
local FIRST_DUE_OFFSET = 1

local function waits_of(id)
  return execution_prefix .. 'waits:' .. id
end

local function dependants_of(id)
  return execution_prefix .. 'dependants:' .. id
end

-- A task that ended has its dependants told.
local function tell_dependants(id, state, now)
  if redis.call('EXISTS', dependants_of(id)) == 0 then return end
  redis.call('ZADD', outbox, now, id .. ' ' .. string.format('%d', state))
  redis.call('PUBLISH', wake_channel, 'outbox')
end

local function forget_waits(id, header)
  if not header.parts[DEPENDENCIES_PART] then return end
  redis.call('DEL', waits_of(id))
  redis.call('ZREM', waiting_tasks, id)
end

-- Nothing is waited for any more: the task is due at its time, or now if that has passed.
local function release(id, header, now)
  local due_ms = math.max(header.first, now)
  forget_waits(id, header)
  redis.call('SETRANGE', record_prefix .. id, FIRST_DUE_OFFSET, struct.pack('>I6', due_ms))
  list_task(id, header, due_ms)
  tell_execution('scheduled', header, id, header.occurrence, 0, 'due', due_ms)
  arm(id, due_ms)
end
