#!lua flags=allow-oom
--- Tells tasks that others, which they wait for, have ended. When all have completed, or the task runs anyway, it is due;
--- otherwise it is cancelled. Telling it again changes nothing.
-- ARGV: slice ms, notice ms, (id of who waits, task id, state in which that ended)…
-- Reply: per triple 1, or 0 when only a newer release can read who waits: it has to be told again
-- Cost: O(log n) per triple.
--- @include executions/end-execution

local now = now_ms()
local SAID = { [DELIVERED] = 'completed', [DEAD_LETTERED] = 'failed', [CANCELLED] = 'was cancelled', [EXPIRED] = 'expired' }

local function settle(id, other, state)
  local name = redis.call('HGET', waits_of(id), other)
  if not name then return 1 end
  local header = load_header(id)
  if header and header.kind == UNREADABLE then return 0 end
  if not header or header.kind == ENDED then
    redis.call('DEL', waits_of(id))
    redis.call('ZREM', waiting_tasks, id)
    return 1
  end
  if state ~= DELIVERED and header.parts[DEPENDENCIES_PART] == CANCELS then
    cancel_execution(id, header, 'it waited for ' .. name .. ', which ' .. (SAID[state] or 'is not known any more'))
    return 1
  end
  redis.call('HDEL', waits_of(id), other)
  if redis.call('HLEN', waits_of(id)) == 0 then release(id, header, now) end
  return 1
end

local reply = {}
for i = 3, #ARGV, 3 do
  reply[#reply + 1] = settle(ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]))
end
write_moves(now)
finish_ends()
return reply
