-- Claims of what was found waiting.
--- @include transitions expiry end-task executions/executions claims/claims claims/claim-reply
local END_BY_OUTCOME = { [128] = DELIVERED, [129] = SENT, [130] = DELIVERED, [EXPIRED_CLASS] = EXPIRED }

local token, lease_end, retention_ms

-- Nothing is left of a recurring task, and no occurrence has just ended: it ends as its latest attempt did.
local function end_without_occurrence(id, header)
  local outcome = latest_outcome(id)
  local state = END_BY_OUTCOME[outcome] or outcome and DEAD_LETTERED or EXPIRED
  end_task(id, header, state, due_of(header, header.occurrence), header.occurrence - 1, retention_ms, '')
end

local function claim_next(id, header, record, due_ms, now)
  stop_waiting(id)
  local occurrence = 1
  if header.interval > 0 then
    occurrence, due_ms = take_next(id, header, now)
    if not occurrence then
      count_in_flight(id, header, 0)
      if is_over(header) then end_without_occurrence(id, header) end
      return
    end
  end
  if is_expired(header, due_ms, now) then
    count_in_flight(id, header, 0)
    local history, state = expire(id, header, record, 0, occurrence, due_ms, '', now)
    if is_over(header) then end_task(id, header, state, due_ms, occurrence, retention_ms, history) end
  elseif overlaps(id, header, occurrence, due_ms) then
    count_in_flight(id, header, 0)
  else
    hand_out(due_ms, record, header, lease_first(id, header, occurrence, due_ms, token, lease_end))
  end
end

local function claim_again(id, header, record, member, due_ms, now)
  local _, attempts, occurrence, scheduled, history = unpack_state(redis.call('HGET', occurrences, member))
  if not is_expired(header, scheduled, now) then
    return hand_out(due_ms, record, header, lease_again(id, header, member, token, lease_end))
  end
  stop_waiting(member)
  old_states[#old_states + 1] = member
  local state
  history, state = expire(id, header, record, attempts, occurrence, scheduled, history, now)
  if close_occurrence(id, header, now) then
    end_task(id, header, state, scheduled, occurrence, retention_ms, history)
  end
end

-- `found` is (member, due ms)…. What a daemon carries out becomes ready
-- instead, without lease and whatever the limit on bytes. What belongs to a paused task is held, and what belongs to one that
-- has ended is dropped. What has expired ends, and what overlaps another occurrence of its task waits for that or is skipped.
local function claim_found(found, now, lease_ms, new_token, most_bytes)
  token, lease_end, retention_ms = new_token, now + lease_ms, tonumber(ARGV[3])
  local bytes = 0
  for i = 1, #found, 2 do
    local waiting, due_ms = found[i], tonumber(found[i + 1])
    local id = task_of(waiting)
    local record = redis.call('GET', record_prefix .. id)
    local header = read_header(record or nil)
    if not header or header.kind ~= LIVE then
      leave_behind(header and header.kind, waiting, now)
    elseif is_paused(header) then
      hold_found(waiting, due_ms)
    elseif execution_of(header) then
      make_ready(id, header, waiting, due_ms, now)
    else
      bytes = bytes + #record
      if bytes > most_bytes and i > 1 then break end
      if waiting == id then
        claim_next(id, header, record, due_ms, now)
      else
        claim_again(id, header, record, waiting, due_ms, now)
      end
    end
  end
  write_moves(now)
  finish_ends()
  -- How schedulers see that somebody drains.
  note_claim(now, claimed_count())
end
