-- What the scripts that change a task which has not ended have in common. Their arguments begin with: slice ms, notice ms,
-- task id, client. Their replies: {} there is no such task of this client
--                                {state} it had ended already
--                                {0, occurrence, due ms, 1 or 0} done: the next occurrence and when it is due, and whether an
--                                attempt is under way
--                                {-1, why} refused
--- @include transitions change-record executions/executions
local BEGUN, IS_PAUSED, IS_EXECUTION, RECURS_NOT, RECURS, BY_CALENDAR, TOO_LARGE = 1, 2, 3, 4, 5, 6, 7

-- The header of the task, or the reply when it can't be changed.
local function changeable(id, client)
  local header = readable(load_header(id))
  if not header or header.client ~= client then return nil, {} end
  if header.kind == ENDED then return nil, { header.state } end
  if execution_of(header) then return nil, { -1, IS_EXECUTION } end
  return header
end

-- State of the only occurrence of a task that fires once, from its first claim on; whether it is leased; its attempts.
local function only_occurrence(id)
  local state = redis.call('HGET', occurrences, member_of(id, 1))
  if not state then return nil, false, 0 end
  local token, attempts = unpack_state(state)
  return state, not reason_given_back(token), attempts
end

local function is_under_way(id, header)
  if header.interval > 0 then return header.in_flight > 0 end
  return select(2, only_occurrence(id))
end

-- When the task is due next: its next occurrence, or the retry of the only one; the time of an attempt that is under way.
local function next_due(id, header)
  if header.interval > 0 then return due_of(header, header.occurrence) end
  local state = only_occurrence(id)
  local member = state and member_of(id, 1) or id
  local due_ms = waiting_due(member, header.client) or held_due(member)
  return due_ms or state and select(4, unpack_state(state)) or header.first
end

local function done(id, header, due_ms)
  return { 0, header.occurrence, due_ms, is_under_way(id, header) and 1 or 0 }
end
