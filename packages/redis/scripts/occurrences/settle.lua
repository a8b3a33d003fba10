#!lua flags=allow-oom
--- Records the outcomes of attempts. An outcome whose token is not the current one changes nothing.
-- ARGV: slice ms, notice ms, retention ms, (member, token, outcome, due ms, entry)…
--       outcome: 'delivered'; 'sent'; 'stop' = delivered, and the task ends; 'retry' at due; 'dead_letter';
--       'give_back' for due, its attempt uncounted. A due time that has passed means now.
--       entry: the attempt as its entry in a history; of a give_back one byte, the reason.
-- Reply: per attempt 1, or 0 when the token was not the current one.
-- Cost: O(log n) per attempt.
--- @include transitions end-task dead-letters

local END_STATES = { delivered = DELIVERED, sent = SENT, stop = DELIVERED, dead_letter = DEAD_LETTERED }

local retention_ms = tonumber(ARGV[3])
local now = now_ms()
local reply = {}

local function dead_letter(id, header, attempts, occurrence, scheduled, history, error_class)
  local record = redis.call('GET', record_prefix .. id)
  park_occurrence(id, header, record, attempts, occurrence, scheduled, history, error_class)
end

local function settle(member, outcome, due_ms, entry, state)
  local id = task_of(member)
  local header = load_header(id)
  if not header or header.kind == ENDED then return drop_leased(member) end
  -- Its lease will run out, and a newer release handles it.
  if header.kind == UNREADABLE then return end
  local _, attempts, occurrence, scheduled, history = unpack_state(state)
  if outcome == 'give_back' then
    local uncounted = pack_state(token_given_back(entry:byte()), attempts - 1, occurrence, scheduled, history)
    return come_back(id, header, member, uncounted, math.max(due_ms, now))
  end
  history = remember_attempt(id, header, occurrence, history, entry)
  if outcome == 'retry' then
    local failed = pack_state(NO_TOKEN, attempts, occurrence, scheduled, history)
    tell_event('retrying', header.client, id, occurrence, attempts, 'due', math.max(due_ms, now), 'entry', entry)
    return come_back(id, header, member, failed, math.max(due_ms, now))
  end
  tell_event(outcome == 'dead_letter' and 'dead_lettered' or 'delivered', header.client, id, occurrence, attempts,
    'entry', entry)
  end_occurrence(id, header, member)
  if outcome == 'dead_letter' then
    dead_letter(id, header, attempts, occurrence, scheduled, history, outcome_of_entry(entry))
  end
  local is_over = outcome == 'stop' or close_occurrence(id, header, now)
  if outcome == 'stop' and header.interval > 0 then stop_recurrence(id, header) end
  if is_over then
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

write_moves(now)
finish_ends()
return reply
