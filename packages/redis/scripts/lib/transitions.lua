-- Every move of an occurrence between the due index, a lease and its end. No other Lua writes `due`, `leases` and
-- `occurrences` but claims/turns.lua, which moves what is overdue from the due index to the queues of clients. Moves are
-- collected, and write_moves must be called once after the last one.
--
--   arm ──▶ due index (──▶ queue of a client) ──▶ lease_first, lease_again ──▶ lease ──▶ end_occurrence
--               ▲                                                                │
--               └────────────────────────── come_back ───────────────────────────┘
--
-- Of a paused task nothing is in the due index, or on its way there: pauses.lua holds it. withhold and set_going move what
-- there is of a task between the two, and let_wait puts a member where it belongs.
--
-- Besides, hand_over and extend_lease keep an occurrence leased, leave_behind is for occurrences that can't be claimed, and
-- withdraw, stop_recurrence and drop_leased remove the occurrences of a task that ends.
--- @include partition record history wake events tags pauses schedule

-- A record that only a newer release can read is put off for this long, so that it does not hold up others.
local UNREADABLE_AGAIN_MS = 1000

-- The client in whose queue a member was found; all others were found in the due index.
local queue_of = {}
local into_due, first_of_slice, out_of_due, out_of_queues = {}, {}, {}, {}
-- Occurrences that a claim met and did not hand out, for good.
local passed_over = { expired = 0, parked = 0, missed = 0, overlap = 0 }
local into_leases, out_of_leases, new_states, old_states = {}, {}, {}, {}

local function append(list, first, second)
  list[#list + 1] = first
  list[#list + 1] = second
end

-- Sets a task's place in the lists of its client's tasks.
local function list_task(id, header, due_ms)
  redis.call('ZADD', client_prefix .. header.client, 'XX', due_ms, id)
  list_by_tags(id, header.client, header.parts, due_ms, 'XX')
end

local function enter_due(member, due_ms)
  append(into_due, due_ms, member)
  local slice = slice_of(due_ms)
  first_of_slice[slice] = math.min(first_of_slice[slice] or due_ms, due_ms)
end

-- Puts the next occurrence of a task into the due index. Before its first claim the member is the task's id alone.
local function arm(id, due_ms)
  enter_due(id, due_ms)
end

-- Removes a member from the due index, or from the queue that it was found in.
local function stop_waiting(member)
  local client = queue_of[member]
  if not client then
    out_of_due[#out_of_due + 1] = member
    return
  end
  out_of_queues[client] = out_of_queues[client] or {}
  table.insert(out_of_queues[client], member)
end

-- A claim has found a member of a paused task.
local function hold_found(member, due_ms)
  stop_waiting(member)
  hold(member, due_ms)
end

-- A claim has found a member that it can't claim. If its task has ended, the member is removed. If only a newer release can
-- read its record, the member is put off, without a wake-up.
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

-- Takes the next occurrence of a recurring task off its schedule, and arms the one behind it. Returns its number and due time,
-- nil if none is to be delivered now. The counters in the record have to be written then, by count_in_flight.
local function take_next(id, header, now)
  local times, latest = calendar_of(header)
  local occurrence
  if times then
    occurrence, latest = choose_by_calendar(header, times, latest, now)
  else
    occurrence = choose(header, now)
  end
  local due_ms, is_another = times and times[1], occurrence > header.occurrence
  if not times then due_ms = due_of(header, occurrence) end
  passed_over.missed = passed_over.missed + occurrence - header.occurrence
  local is_there = due_ms and has_occurrence(header, occurrence, due_ms)
  local is_put_off = not is_there or is_another and due_ms > now
  local behind, behind_ms = occurrence, due_ms
  if not is_put_off then
    behind = occurrence + 1
    if times then latest = math.max(latest, table.remove(times, 1) or 0) end
    behind_ms = times and times[1]
    if not times then behind_ms = due_of(header, behind) end
  end
  if times then
    set_times(id, header, times, latest)
    ask_for_times(id, now)
  end
  header.occurrence = behind
  if behind_ms and has_occurrence(header, behind, behind_ms) then
    list_task(id, header, behind_ms)
    arm(id, paced(header, behind_ms, now))
  end
  if not is_put_off then return occurrence, due_ms end
end

-- Whether an occurrence that is due does not begin now, because others of its task have begun and not ended. It waits for them
-- in the record, or is skipped.
local function overlaps(id, header, occurrence, due_ms)
  local recurrence = recurrence_of(header)
  if not recurrence or recurrence.overlap == OVERLAP_ALLOW or recurrence.open == 0 then return false end
  local waits = recurrence.overlap == OVERLAP_AFTER
  -- The one that waited is skipped.
  if not waits or recurrence.waiting > 0 then passed_over.overlap = passed_over.overlap + 1 end
  if waits then
    recurrence.waiting, recurrence.waiting_ms = occurrence, due_ms
    save_recurrence(id, header)
  end
  return true
end

-- Leases an occurrence, which nothing waits of any more, for its first attempt. Returns member, state.
local function lease_first(id, header, occurrence, due_ms, token, lease_end)
  open_occurrence(id, header)
  count_in_flight(id, header, 1)
  tell_event('running', header.client, id, occurrence, 1)
  return lease(member_of(id, occurrence), pack_state(token, 1, occurrence, due_ms, ''), lease_end)
end

-- Leases an occurrence for a further attempt. Returns member, state.
local function lease_again(id, header, member, token, lease_end)
  stop_waiting(member)
  count_in_flight(id, header, 1)
  local _, attempts, occurrence, scheduled, history = unpack_state(redis.call('HGET', occurrences, member))
  tell_event('running', header.client, id, occurrence, attempts + 1)
  return lease(member, pack_state(token, attempts + 1, occurrence, scheduled, history), lease_end)
end

-- Gives an attempt a new token and a new lease. Returns member, state.
local function hand_over(member, state, token, lease_end)
  return lease(member, token .. state:sub(TOKEN_BYTES + 1), lease_end)
end

local function extend_lease(member, lease_end)
  redis.call('ZADD', leases, 'XX', lease_end, member)
end

-- Puts a member where it waits: into the due index, or to what is held of a paused task.
local function let_wait(header, member, due_ms)
  if is_paused(header) then hold(member, due_ms) else enter_due(member, due_ms) end
end

local function come_back(id, header, member, state, due_ms)
  out_of_leases[#out_of_leases + 1] = member
  append(new_states, member, state)
  count_in_flight(id, header, -1)
  let_wait(header, member, due_ms)
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

-- An occurrence has ended. If another one has waited for that, it is due now. Returns whether its task is over.
local function close_occurrence(id, header, now)
  local recurrence = recurrence_of(header)
  if not recurrence then return header.interval == 0 end
  recurrence.open = math.max(0, recurrence.open - 1)
  if recurrence.waiting > 0 and recurrence.open == 0 then
    local member = member_of(id, recurrence.waiting)
    append(new_states, member, pack_state(NO_TOKEN, 0, recurrence.waiting, recurrence.waiting_ms, ''))
    let_wait(header, member, math.max(recurrence.waiting_ms, now))
    recurrence.open, recurrence.waiting, recurrence.waiting_ms = 1, 0, 0
  end
  save_recurrence(id, header)
  if not is_over(header) then return false end
  -- A next one that was moved behind the last.
  if is_paused(header) then drop_held(id) end
  return true
end

-- Removes a client from the rotation if its queue is empty.
local function leave_rotation(client)
  if redis.call('EXISTS', overdue_prefix .. client) == 0 then redis.call('ZREM', rotation, client) end
end

-- Removes a member from the due index or from its client's queue, wherever it waits for its claim.
local function remove_waiting(member, client)
  if redis.call('ZREM', due, member) == 1 then return end
  if redis.call('ZREM', overdue_prefix .. client, member) == 1 then leave_rotation(client) end
end

-- When a member is due that waits for its claim; nil when it doesn't.
local function waiting_due(member, client)
  return tonumber(redis.call('ZSCORE', due, member) or redis.call('ZSCORE', overdue_prefix .. client, member) or nil)
end

-- A task is paused: what of it waits for its claim is held. Parked retries of a recurring task's earlier occurrences are held by
-- the claim that finds them.
local function withhold(id, header)
  local member = id
  if header.interval == 0 and redis.call('HEXISTS', occurrences, member_of(id, 1)) == 1 then member = member_of(id, 1) end
  local due_ms = waiting_due(member, header.client)
  if not due_ms then return end
  remove_waiting(member, header.client)
  hold(member, due_ms)
end

-- Moves a task's next occurrence, which is not claimed yet, to another time, wherever it waits.
local function move_next(id, header, due_ms)
  remove_waiting(id, header.client)
  for _, entry in ipairs(is_paused(header) and let_go(id) or {}) do
    if entry[1] ~= id then hold(entry[1], entry[2]) end
  end
  let_wait(header, id, due_ms)
  list_task(id, header, due_ms)
end

-- A task is paused no more: what is held of it waits for its claim again. Its next occurrence may be a later one than before.
local function set_going(id, header)
  for _, entry in ipairs(let_go(id)) do
    local member, due_ms = entry[1], entry[2]
    if member ~= id or header.interval == 0 then
      enter_due(member, due_ms)
    elseif not lacks_times(header) then
      due_ms = due_of(header, header.occurrence)
      arm(id, due_ms)
      list_task(id, header, due_ms)
    end
  end
end

-- A recurring task ends: its next occurrence is removed. Retries that are parked are dropped by the claim that finds them,
-- and workers are told not to send occurrences that they have claimed.
local function stop_recurrence(id, header)
  if is_paused(header) then drop_held(id) end
  remove_waiting(id, header.client)
  tell_cancelled(id)
end

-- Adds times (ascending) to a task that recurs by a calendar. Times that are known already, or not later than these, change
-- nothing. A task without any times is armed again. Returns how many times are known.
local function add_times(id, header, later, now)
  local times, latest = calendar_of(header)
  local known = #times
  for _, due_ms in ipairs(later) do
    if #times < MOST_TIMES and due_ms > math.max(times[#times] or 0, latest) then times[#times + 1] = due_ms end
  end
  if #times > known then set_times(id, header, times, latest) end
  if known == 0 and times[1] then
    -- If there is no further occurrence, the claim that finds it sees whether the task is over.
    local due_ms = has_next(header) and times[1] or now
    list_task(id, header, due_ms)
    let_wait(header, id, due_ms)
  end
  return #times
end

-- Removes the occurrences of a task that its client cancels. Returns whether an attempt is under way, and the history of a
-- one-shot task.
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
  if is_paused(header) then drop_held(id) end
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
