-- Claims of what was found waiting.
--- @include transitions executions/executions claims/claims claims/claim-reply

-- `found` is (member, due ms)…. What a daemon carries out becomes ready
-- instead, without lease and whatever the limit on bytes. What belongs to a paused task is held, and what belongs to one that
-- has ended is dropped.
local function claim_found(found, now, lease_ms, token, most_bytes)
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
      local member, state
      if waiting == id then
        member, state, due_ms = lease_next(id, header, due_ms, token, now + lease_ms, now)
      else
        member, state = lease_again(id, header, waiting, token, now + lease_ms)
      end
      hand_out(due_ms, record, header, member, state)
    end
  end
  write_moves(now)
  -- How schedulers see that somebody drains.
  note_claim(now, claimed_count())
end
