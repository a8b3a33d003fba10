#!lua flags=allow-oom
--- Records the outcomes of attempts. What is settled with a token that is not the current one changes nothing.
-- ARGV: slice ms, notice ms, retention ms, (member, token, outcome, due ms, entry)…
--       outcome: 'delivered'; 'sent'; 'stop' = delivered, and the task ends; 'retry' at due; 'dead_letter';
--       'give_back' for due, its attempt uncounted. A due time that has passed means now.
--       entry: the attempt as its entry in a history; of a give_back one byte, the reason.
-- Reply: per attempt 1, or 0 when the token was not the current one.
-- Cost: O(log n) per attempt.
--- @include partition record wake end-task dead-letters

-- In an entry of a history.
local OUTCOME_AT = 13
local END_STATES = { delivered = DELIVERED, sent = SENT, stop = DELIVERED, dead_letter = DEAD_LETTERED }

local retention_ms = tonumber(ARGV[3])
local now = now_ms()
local reply, released, forgotten = {}, {}, {}

local function back_to_due_index(id, header, member, state, due_ms)
  due_ms = math.max(due_ms, now)
  redis.call('HSET', occurrences, member, state)
  wake_for(due_ms, now)
  redis.call('ZADD', due, due_ms, member)
  if header.interval == 0 then redis.call('ZADD', client_prefix .. header.client, 'XX', due_ms, id) end
end

local function dead_letter(id, header, attempts, occurrence, scheduled, history, error_class)
  park({
    task = id, client = header.client, occurrence = occurrence, attempts = attempts, scheduled = scheduled,
    replay_of = unpack_origin(header.origin), payload = redis.call('GET', record_prefix .. id):sub(header.payload_at),
    policy = redis.call('HGET', policies, header.policy), history = history, error_class = error_class,
  })
end

-- As for a cancelled task: its parked retries are dropped when they are met, and what is claimed is not sent any more.
local function stop_recurrence(id)
  redis.call('ZREM', due, id)
  redis.call('PUBLISH', wake_channel, 'cancelled ' .. id)
end

local function settle(member, outcome, due_ms, entry, state)
  local id = task_of(member)
  local header = load_header(id)
  released[#released + 1] = member
  if not header or header.kind ~= LIVE then
    forgotten[#forgotten + 1] = member
    return
  end
  local _, attempts, occurrence, scheduled, history = unpack_state(state)
  count_in_flight(id, header, -1)
  if outcome == 'give_back' then
    local uncounted = pack_state(token_given_back(entry:byte()), attempts - 1, occurrence, scheduled, history)
    return back_to_due_index(id, header, member, uncounted, due_ms)
  end
  remember_attempt(id, header, occurrence, entry)
  history = append_entry(history, entry, 0)
  if outcome == 'retry' then
    return back_to_due_index(id, header, member, pack_state(NO_TOKEN, attempts, occurrence, scheduled, history), due_ms)
  end
  forgotten[#forgotten + 1] = member
  if outcome == 'dead_letter' then
    dead_letter(id, header, attempts, occurrence, scheduled, history, entry:byte(OUTCOME_AT))
  end
  if outcome == 'stop' and header.interval > 0 then stop_recurrence(id) end
  if header.interval == 0 or outcome == 'stop' then
    end_task(id, header, END_STATES[outcome], scheduled, occurrence, retention_ms, history)
  end
end

local members = {}
for i = 4, #ARGV, 5 do
  members[#members + 1] = ARGV[i]
end
local states = redis.call('HMGET', occurrences, unpack(members))
for n, state in ipairs(states) do
  local member, token, outcome, due_ms, entry = unpack(ARGV, 5 * n - 1, 5 * n + 3)
  local current = state and state:sub(1, TOKEN_BYTES) == token
  if current then settle(member, outcome, tonumber(due_ms), entry, state) end
  reply[#reply + 1] = current and 1 or 0
end

if #released > 0 then redis.call('ZREM', leases, unpack(released)) end
if #forgotten > 0 then redis.call('HDEL', occurrences, unpack(forgotten)) end
finish_ends()
return reply
