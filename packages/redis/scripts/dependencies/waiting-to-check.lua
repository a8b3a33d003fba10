--- Waiting tasks of which it is to be checked whether those that they wait for know of them.
-- ARGV: most others, in all
-- Reply: per task {task id, client, ms since it was submitted, id of who it waits for…}, as many as have no more others, but at least one; the client is
--        '' when the task has ended
-- Cost: O(log n + others).
--- @include executions/dependencies

local MOST_TASKS = 200
local room, reply, now = tonumber(ARGV[1]), {}, now_ms()
for _, id in ipairs(redis.call('ZRANGEBYSCORE', waiting_tasks, '-inf', now, 'LIMIT', 0, MOST_TASKS)) do
  local header, task = load_header(id), { id, '', 0 }
  if header and header.kind == LIVE then
    task[2] = header.client
    task[3] = now - (tonumber(redis.call('HGET', report_key(id), 'submitted')) or now)
    local others = redis.call('HGETALL', waits_of(id))
    for i = 1, #others, 2 do
      task[#task + 1] = others[i]
    end
  end
  if room < #task and #reply > 0 then break end
  room = room - #task
  reply[#reply + 1] = task
end
return reply
