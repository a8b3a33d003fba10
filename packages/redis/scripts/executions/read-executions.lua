--- A client's tasks that daemons carry out, as it may see them.
-- ARGV: client, most bytes, 1 if the names of tasks that are waited for are asked for, task id…
-- Reply: per task, in the order asked for, {} when there is no such task of this client, {-1} when it doesn't fit into the
--        bytes with those before it and is not the first, {-2} when only a newer release can read it, otherwise {where it
--        stands, its execution part, payload, started ms, updated ms, ended ms, progress, report ('' each = none yet), how
--        many tasks it waits for, and their names…}
--        where: 0 in the due index, 1 there after an attempt, 2 ready, 3 offered, 20 runs, 21 is being cancelled, 22 waits
--        for other tasks, and the states of ended records
-- Cost: O(log n + bytes) per task.
--- @include executions/end-execution

local TOO_NEW, TOO_MUCH, DUE, AGAIN, READY, OFFERED, RUNS, CANCELLING, WAITS = -2, -1, 0, 1, 2, 3, 20,
  21, 22

local function standing(id, header)
  if redis.call('HEXISTS', cancelling, id) == 1 then return CANCELLING end
  if header.parts[DEPENDENCIES_PART] and redis.call('EXISTS', waits_of(id)) == 1 then return WAITS end
  if header.interval > 0 and header.in_flight > 0 then return RUNS end
  -- The execution that is shown; of a recurring task the latest one that fell due.
  local member = member_of(id, header.interval > 0 and header.occurrence - 1 or 1)
  local state = redis.call('HGET', occurrences, member)
  if not state then return DUE end
  if redis.call('ZSCORE', leases, member) then return RUNS end
  if redis.call('ZSCORE', offers, member) then return OFFERED end
  if redis.call('ZSCORE', ready_set(set_name(header)), member) then return READY end
  local _, attempts = unpack_state(state)
  return attempts > 0 and AGAIN or DUE
end

local reply, most_bytes, bytes = {}, tonumber(ARGV[2]), 0
for i = 4, #ARGV do
  local id, task = ARGV[i], {}
  local record = redis.call('GET', record_prefix .. id)
  local header = read_header(record or nil)
  if header and header.kind == UNREADABLE then
    task = { TOO_NEW }
  elseif header and header.client == ARGV[1] and execution_of(header) then
    local known = redis.call('HMGET', report_key(id), 'started', 'updated', 'ended', 'progress', 'report')
    local is_live = header.kind == LIVE
    task = { is_live and standing(id, header) or header.state, header.parts[EXECUTION_PART],
      is_live and record:sub(header.rest_at) or '' }
    for _, value in ipairs({ 1, 2, 3, 4, 5 }) do
      task[#task + 1] = known[value] or ''
    end
    if task[1] == WAITS then
      task[#task + 1] = redis.call('HLEN', waits_of(id))
      for n, name in ipairs(ARGV[3] == '1' and redis.call('HGETALL', waits_of(id)) or {}) do
        if n % 2 == 0 then task[#task + 1] = name end
      end
    end
    bytes = bytes + #task[3] + #task[8]
    if bytes > most_bytes and i > 4 then task = { TOO_MUCH } end
  end
  reply[#reply + 1] = task
end
return reply
