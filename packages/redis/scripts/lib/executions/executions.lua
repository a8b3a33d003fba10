-- Executions: occurrences of tasks that a daemon carries out. Besides due index and leases they have two more places:
--
--   due index ──▶ make_ready ──▶ ready ──▶ offer ──▶ offered ──▶ accept ──▶ lease ──▶ end, or back to the due index
--                                  ▲                    │                     │
--                                  └────── back_to_ready (uncounted) ◀────────┘
--
-- A ready set holds the executions of one client and type by due ms − priority × step: urgent ones go first, and none waits
-- for ever. An offered execution has a token, and its attempt is not counted yet.
--- @include transitions
local PRIORITY_STEP_MS = 30000
local REFUSED_FOR_MS = 30000

local ready_sets, offers, holders, refusals, cancelling, expiring = execution_prefix .. 'ready-sets', execution_prefix .. 'offers',
  execution_prefix .. 'holders', execution_prefix .. 'refusals', execution_prefix .. 'cancelling',
  execution_prefix .. 'expiring'
-- The channel of gateways; wake_channel is for schedulers and workers.
local execution_channel = execution_prefix .. 'wake'

-- nil when the task is no execution but called back.
local function execution_of(header)
  local part = header.parts[EXECUTION_PART]
  if not part then return nil end
  local priority, lease_ms, timeout_ms, length = struct.unpack('>BI4I6B', part)
  return { priority = priority, lease_ms = lease_ms, timeout_ms = timeout_ms, type = part:sub(13, 12 + length),
    name = part:sub(13 + length) }
end

-- Writes an event of an execution, with the name that the client gave its task.
local function tell_execution(event, header, id, occurrence, attempt, ...)
  if not_followed[header.client] then return end
  local name = execution_of(header).name
  if name == '' then return tell_event(event, header.client, id, occurrence, attempt, ...) end
  tell_event(event, header.client, id, occurrence, attempt, 'name', name, ...)
end

local function set_name(header)
  return header.client .. ':' .. execution_of(header).type
end

local function ready_set(name)
  return execution_prefix .. 'ready:' .. name
end

local function held_by(client, daemon)
  return execution_prefix .. 'held:' .. client .. ':' .. daemon
end

local function report_key(id)
  return execution_prefix .. 'report:' .. id
end

-- Moves a task from the list of one status to that of another. There is a list for each client, type and status; a status is
-- one of the wire's five.
local function list_execution(id, header, from, to)
  local lists = execution_prefix .. 'list:' .. set_name(header) .. ':'
  if from then
    redis.call('ZREM', lists .. from, id)
  else
    redis.call('SADD', execution_prefix .. 'types:' .. header.client, execution_of(header).type)
  end
  if to then redis.call('ZADD', lists .. to, tonumber(id:sub(1, 8) .. id:sub(10, 13), 16), id) end
end

-- What ended long ago leaves the lists: a bit at each call.
local function tidy_lists(now, most)
  local ended = execution_prefix .. 'ended'
  for _, entry in ipairs(redis.call('ZRANGEBYSCORE', ended, '-inf', now, 'LIMIT', 0, most)) do
    local list, id = entry:match('^(.*):([^:]*)$')
    redis.call('ZREM', execution_prefix .. 'list:' .. list, id)
    redis.call('ZREM', ended, entry)
  end
end

local function enter_ready(member, header, due_ms)
  local name = set_name(header)
  local set = ready_set(name)
  if redis.call('EXISTS', set) == 0 then
    redis.call('ZADD', ready_sets, 0, name)
    redis.call('PUBLISH', execution_channel, 'ready ' .. name)
  end
  redis.call('ZADD', set, due_ms - execution_of(header).priority * PRIORITY_STEP_MS, member)
end

local function leave_ready(member, name)
  local set = ready_set(name)
  local removed = redis.call('ZREM', set, member)
  if redis.call('EXISTS', set) == 0 then redis.call('ZREM', ready_sets, name) end
  return removed == 1
end

-- What no daemon has begun by its time expires: recover-lost.lua ends it, and it is neither offered nor accepted any more.
local function let_expire(member, header, due_ms)
  local expiry = header.parts[EXPIRY_PART]
  if expiry then redis.call('ZADD', expiring, due_ms + struct.unpack('>I6', expiry), member) end
end

local function has_expired(member, header, now)
  local expires_ms = header.parts[EXPIRY_PART] and redis.call('ZSCORE', expiring, member)
  return expires_ms and tonumber(expires_ms) <= now
end

-- Moves a due execution out of the due index or its client's queue. `waiting` is its member there.
local function make_ready(id, header, waiting, due_ms, now)
  stop_waiting(waiting)
  local member, occurrence, attempts = waiting, 1, 0
  if waiting == id then
    if header.interval > 0 then
      occurrence, due_ms = take_next(id, header, now)
      count_in_flight(id, header, 0)
    end
    member = member_of(id, occurrence)
    append(new_states, member, pack_state(NO_TOKEN, 0, occurrence, due_ms, ''))
    let_expire(member, header, due_ms)
  else
    local state = redis.call('HGET', occurrences, member)
    if state then attempts, occurrence = select(2, unpack_state(state)) end
  end
  tell_execution('ready', header, id, occurrence, attempts)
  enter_ready(member, header, due_ms)
end

-- Takes a member away from the daemon that has it, and returns that daemon.
local function take_away(member, header)
  local daemon = redis.call('HGET', holders, member)
  redis.call('HDEL', holders, member)
  if daemon then redis.call('SREM', held_by(header.client, daemon), member) end
  return daemon
end

local function remember_refusal(member, daemon, now)
  redis.call('ZADD', refusals, now + REFUSED_FOR_MS, member .. ' ' .. daemon)
end

-- The state of what is offered or leased under this token to a daemon of this client; nil when it is not. With it the
-- task's id, its header, and whether it is leased.
local function find_held(client, member, token)
  local state = redis.call('HGET', occurrences, member)
  if not state or state:sub(1, TOKEN_BYTES) ~= token then return nil end
  local id = task_of(member)
  local header = load_header(id)
  if not header or header.kind ~= LIVE or header.client ~= client or not execution_of(header) then return nil end
  return state, id, header, redis.call('ZSCORE', leases, member) ~= false
end

-- Puts an offered or leased execution back into the ready set, with its attempt uncounted.
local function back_to_ready(id, header, member, state, is_leased, now)
  local _, attempts, occurrence, scheduled, history = unpack_state(state)
  local daemon = take_away(member, header)
  if daemon then remember_refusal(member, daemon, now) end
  if is_leased then
    attempts = attempts - 1
    out_of_leases[#out_of_leases + 1] = member
    count_in_flight(id, header, -1)
    list_execution(id, header, 'running', 'pending')
  else
    redis.call('ZREM', offers, member)
  end
  append(new_states, member, pack_state(NO_TOKEN, attempts, occurrence, scheduled, history))
  tell_execution('ready', header, id, occurrence, attempts)
  enter_ready(member, header, scheduled)
end
