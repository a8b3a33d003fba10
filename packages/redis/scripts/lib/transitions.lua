-- Every move of an occurrence between the due index, a lease and its end. No other Lua writes `due`, `leases` and
-- `occurrences` but turns.lua, which moves what is overdue from the due index to the queues of clients. Moves are
-- collected, and write_moves must be called once after the last one.
--
--   arm ──▶ due index (──▶ queue of a client) ──▶ lease_next, lease_again ──▶ lease ──▶ end_occurrence
--               ▲                                                               │
--               └────────────────────────── come_back ──────────────────────────┘
--
-- Besides, hand_over and extend_lease keep it leased, leave_behind is for what can't be claimed, and the occurrences of
-- a task that ends go by withdraw, stop_recurrence and drop_leased.
--- @include partition record history wake events

-- Below this, an occurrence that comes late is made up for; above it, those missed coalesce into the latest.
local COALESCE_AFTER_MS = 1000
-- What only a newer release can read stands in nobody's way.
local UNREADABLE_AGAIN_MS = 1000

-- The client in whose queue a member was found; all others were found in the due index.
local queue_of = {}
local into_due, first_of_slice, out_of_due, out_of_queues = {}, {}, {}, {}
local into_leases, out_of_leases, new_states, old_states = {}, {}, {}, {}

local function append(list, first, second)
  list[#list + 1] = first
  list[#list + 1] = second
end

-- Where a task stands among those of its client.
local function list_task(id, header, due_ms)
  redis.call('ZADD', client_prefix .. header.client, 'XX', due_ms, id)
end

local function enter_due(member, due_ms)
  append(into_due, due_ms, member)
  local slice = slice_of(due_ms)
  first_of_slice[slice] = math.min(first_of_slice[slice] or due_ms, due_ms)
end

-- The next occurrence of a task, never claimed before: it bears the task's id alone.
local function arm(id, due_ms)
  enter_due(id, due_ms)
end

-- Leaves the due index, or the queue that it was found in.
local function stop_waiting(member)
  local client = queue_of[member]
  if not client then
    out_of_due[#out_of_due + 1] = member
    return
  end
  out_of_queues[client] = out_of_queues[client] or {}
  table.insert(out_of_queues[client], member)
end

-- What a claim meets whose task has ended goes; what only a newer release can read is put off, and nobody needs to be told.
local function leave_behind(kind, member, now)
  stop_waiting(member)
  if kind == UNREADABLE then
    append(into_due, now + UNREADABLE_AGAIN_MS, member)
  else
    old_states[#old_states + 1] = member
  end
end

local function lease(member, state, lease_end)
  append(new_states, member, state)
  append(into_leases, lease_end, member)
  return member, state
end

-- The occurrence that stands for those missed, and its due time.
local function coalesce(header, now)
  local occurrence, due_ms = header.occurrence, due_of(header, header.occurrence)
  local late = now - due_ms
  if late < COALESCE_AFTER_MS or late < header.interval then return occurrence, due_ms end
  local missed = math.floor(late / header.interval)
  return occurrence + missed, due_ms + missed * header.interval
end

-- The same by a calendar: of the times that are known, those missed but the latest are passed over.
local function arm_behind_by_calendar(id, header, times, in_flight, now)
  local occurrence = header.occurrence
  while times[2] and times[2] <= now and now - times[1] >= COALESCE_AFTER_MS do
    table.remove(times, 1)
    occurrence = occurrence + 1
  end
  local due_ms = table.remove(times, 1)
  set_counters(id, occurrence + 1, in_flight)
  set_times(id, header, times, due_ms)
  ask_for_times(id, now)
  if times[1] then
    list_task(id, header, times[1])
    arm(id, times[1])
  end
  return occurrence, due_ms
end

-- Of a recurring task: its next occurrence and when that is due, after the one behind it was armed.
local function arm_behind(id, header, in_flight, now)
  local times = calendar_of(header)
  if times then return arm_behind_by_calendar(id, header, times, in_flight, now) end
  local occurrence, due_ms = coalesce(header, now)
  set_counters(id, occurrence + 1, in_flight)
  list_task(id, header, due_ms + header.interval)
  arm(id, due_ms + header.interval)
  return occurrence, due_ms
end

-- The first attempt of a task's next occurrence; of a recurring task it arms the one behind it. Returns member, state,
-- due ms.
local function lease_next(id, header, due_ms, token, lease_end, now)
  local occurrence = 1
  stop_waiting(id)
  if header.interval > 0 then occurrence, due_ms = arm_behind(id, header, header.in_flight + 1, now) end
  local member, state = lease(member_of(id, occurrence), pack_state(token, 1, occurrence, due_ms, ''), lease_end)
  tell_event('running', header.client, id, occurrence, 1)
  return member, state, due_ms
end

-- A further attempt of an occurrence. Returns member, state.
local function lease_again(id, header, member, token, lease_end)
  stop_waiting(member)
  count_in_flight(id, header, 1)
  local _, attempts, occurrence, scheduled, history = unpack_state(redis.call('HGET', occurrences, member))
  tell_event('running', header.client, id, occurrence, attempts + 1)
  return lease(member, pack_state(token, attempts + 1, occurrence, scheduled, history), lease_end)
end

-- The same attempt under a new token. Returns member, state.
local function hand_over(member, state, token, lease_end)
  return lease(member, token .. state:sub(TOKEN_BYTES + 1), lease_end)
end

local function extend_lease(member, lease_end)
  redis.call('ZADD', leases, 'XX', lease_end, member)
end

local function come_back(id, header, member, state, due_ms)
  out_of_leases[#out_of_leases + 1] = member
  append(new_states, member, state)
  count_in_flight(id, header, -1)
  enter_due(member, due_ms)
  if header.interval == 0 then list_task(id, header, due_ms) end
end

local function drop_leased(member)
  out_of_leases[#out_of_leases + 1] = member
  old_states[#old_states + 1] = member
end

local function end_occurrence(id, header, member)
  count_in_flight(id, header, -1)
  drop_leased(member)
end

-- Out of the rotation, unless there is something in the client's queue.
local function leave_rotation(client)
  if redis.call('EXISTS', overdue_prefix .. client) == 0 then redis.call('ZREM', rotation, client) end
end

-- Wherever it waits for its claim.
local function remove_waiting(member, client)
  if redis.call('ZREM', due, member) == 1 then return end
  if redis.call('ZREM', overdue_prefix .. client, member) == 1 then leave_rotation(client) end
end

-- Of a recurring task that ends only the next occurrence is taken away: its parked retries are dropped when they are met,
-- and what is claimed is not sent any more.
local function stop_recurrence(id, header)
  remove_waiting(id, header.client)
  tell_cancelled(id)
end

-- By a calendar: later times, ascending. Those that are known already, or not later, change nothing. A task all of whose
-- times are used up is armed again.
local function add_times(id, header, later)
  local times, latest = calendar_of(header)
  local known = #times
  for _, due_ms in ipairs(later) do
    if #times < MOST_TIMES and due_ms > (times[#times] or latest) then times[#times + 1] = due_ms end
  end
  if #times > known then set_times(id, header, times, latest) end
  if known == 0 and times[1] then
    list_task(id, header, times[1])
    arm(id, times[1])
  end
  return #times
end

-- What a client cancels. Returns whether an attempt is under way, and the history of a one-shot task.
local function withdraw(id, header)
  local under_way, history = header.in_flight > 0, ''
  local member = member_of(id, 1)
  local state = header.interval == 0 and redis.call('HGET', occurrences, member)
  if state then
    under_way = redis.call('ZREM', leases, member) == 1
    history = select(5, unpack_state(state))
    redis.call('HDEL', occurrences, member)
    if not under_way then remove_waiting(member, header.client) end
  else
    remove_waiting(id, header.client)
  end
  if under_way then tell_cancelled(id) end
  return under_way, history
end

local function write_moves(now)
  if #out_of_due > 0 then redis.call('ZREM', due, unpack(out_of_due)) end
  for client, members in pairs(out_of_queues) do
    redis.call('ZREM', overdue_prefix .. client, unpack(members))
  end
  if #out_of_leases > 0 then redis.call('ZREM', leases, unpack(out_of_leases)) end
  for _, due_ms in pairs(first_of_slice) do
    wake_for(due_ms, now)
  end
  if #into_due > 0 then redis.call('ZADD', due, unpack(into_due)) end
  if #into_leases > 0 then redis.call('ZADD', leases, unpack(into_leases)) end
  if #new_states > 0 then redis.call('HSET', occurrences, unpack(new_states)) end
  if #old_states > 0 then redis.call('HDEL', occurrences, unpack(old_states)) end
end
