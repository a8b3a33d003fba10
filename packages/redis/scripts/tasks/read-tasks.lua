--- Tasks of a client as it may see them.
-- ARGV: client, most bytes, whether their latest attempts are asked for (1 or 0), task id…
-- Reply: per task, in the order asked for, {} when there is no such task of this client, otherwise
--        {state, due ms, interval ms, occurrence, payload, latest attempts (of a one-shot task its history),
--         what holds up an occurrence of it (0 = nothing; why it was given back; 254 = it is paused; 255 = it waits for its
--         client's turn), until ms, of a paused task since ms (0 = not known), delivery policy ('' if nothing does), its optional parts, packed}. Ends early, at least one task in, once the payloads exceed the bytes.
-- Cost: O(log n) per task.
--- @include pauses recurrence

local SCHEDULED, IN_FLIGHT, RETRYING, PAUSED = 1, 2, 3, 9
local WAITS_FOR_TURN, WHILE_PAUSED = 255, 254

local by_turns = redis.call('EXISTS', rotation) == 1

local function waits_for_turn(member, header)
  return by_turns and redis.call('ZSCORE', overdue_prefix .. header.client, member)
end

local function standing_of_recurring(id, header)
  local state = header.in_flight > 0 and IN_FLIGHT or SCHEDULED
  local found = { state = state, due_ms = due_of(header, header.occurrence), occurrence = header.occurrence, reason = 0 }
  local claimed_last = member_of(id, header.occurrence - 1)
  local parked = redis.call('HGET', occurrences, claimed_last)
  if waits_for_turn(id, header) or waits_for_turn(claimed_last, header) then
    found.reason = WAITS_FOR_TURN
  elseif parked then
    found.reason = reason_given_back(parked:sub(1, TOKEN_BYTES)) or 0
    found.until_ms = found.reason > 0 and tonumber(redis.call('ZSCORE', due, claimed_last) or 0) or 0
  end
  if has_next(header) then return found end
  -- Its last occurrence has begun and not ended.
  found.occurrence = header.occurrence - 1
  if parked then
    local scheduled = select(4, unpack_state(parked))
    found.due_ms = tonumber(redis.call('ZSCORE', due, claimed_last) or held_due(claimed_last) or scheduled)
    if found.state == SCHEDULED then found.state = RETRYING end
  end
  return found
end

local function standing_of_one_shot(id, header)
  local member = member_of(id, 1)
  local state = redis.call('HGET', occurrences, member)
  local turn_ms = waits_for_turn(state and member or id, header)
  if not state then
    return { state = SCHEDULED, due_ms = header.first, occurrence = 1, reason = turn_ms and WAITS_FOR_TURN or 0 }
  end
  local token, attempts, _, scheduled, history = unpack_state(state)
  local reason = reason_given_back(token)
  if not reason then
    return { state = IN_FLIGHT, due_ms = scheduled, occurrence = 1, reason = 0, history = history }
  end
  local due_ms = tonumber(turn_ms or redis.call('ZSCORE', due, member) or held_due(member) or scheduled)
  return { state = attempts > 0 and RETRYING or SCHEDULED, due_ms = due_ms, occurrence = 1,
    reason = turn_ms and WAITS_FOR_TURN or reason, until_ms = not turn_ms and due_ms, history = history }
end

local function standing_of(id, header)
  local found = header.interval > 0 and standing_of_recurring(id, header) or standing_of_one_shot(id, header)
  if is_paused(header) then
    if found.state ~= IN_FLIGHT then found.state = PAUSED end
    found.reason, found.until_ms = WHILE_PAUSED, paused_since(header)
  end
  return found
end

local function details_of_live(id, header, record, with_attempts)
  local found, recurs = standing_of(id, header), header.interval > 0
  local attempts = with_attempts and (recurs and redis.call('HGET', latest_attempts, id) or found.history) or ''
  local policy = found.reason > 0 and redis.call('HGET', policies, header.policy) or ''
  return { found.state, found.due_ms, header.interval, found.occurrence, record:sub(header.rest_at), attempts,
    found.reason, found.until_ms or 0, policy, header.packed_parts }
end

local client, most_bytes, with_attempts = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local reply, bytes = {}, 0
for i = 4, #ARGV do
  local record = redis.call('GET', record_prefix .. ARGV[i])
  local header = readable(read_header(record or nil))
  local task = {}
  if header and header.client == client then
    if header.kind == ENDED then
      local attempts = with_attempts and record:sub(header.rest_at) or ''
      task = { header.state, header.first, header.interval, header.occurrence, '', attempts, 0, 0, '',
        header.packed_parts }
    else
      task = details_of_live(ARGV[i], header, record, with_attempts)
      bytes = bytes + #task[5]
    end
  end
  if bytes > most_bytes and i > 4 then break end
  reply[#reply + 1] = task
end
return reply
