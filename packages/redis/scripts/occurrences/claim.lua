#!lua flags=allow-oom
--- Claims what falls due soon. Each claimed occurrence leaves the due index and gets a lease; a recurring task's next
--- occurrence is armed. Occurrences whose task has ended are dropped. What a daemon carries out becomes ready instead, without
--- lease and whatever the limit on bytes. While there are overdue queues, which newer releases make, clients take turns.
-- ARGV: slice ms, notice ms, limit, ahead ms, lease ms, token (12 random bytes), most bytes, clients of whom nothing is
--       taken…
-- Reply: as lib/claim-reply.lua says.
-- Cost: O(log n) per occurrence, and per occurrence that is moved to the queue of its client, at most 500.
--- @include turns executions claims claim-reply

local limit, ahead_ms, lease_ms, token, most_bytes =
  tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6], tonumber(ARGV[7])
local seconds, microseconds = server_time()
local now = seconds * 1000 + math.floor(microseconds / 1000)
local except = {}
for i = 8, #ARGV do
  except[ARGV[i]] = true
end

local function claim(waiting, due_ms, record, header)
  local id, member, state = task_of(waiting)
  if waiting == id then
    member, state, due_ms = lease_next(id, header, due_ms, token, now + lease_ms, now)
  else
    member, state = lease_again(id, header, waiting, token, now + lease_ms)
  end
  hand_out(due_ms, record, header, member, state)
end

local by_turns = redis.call('EXISTS', rotation) == 1
local found
if by_turns then
  queue_overdue(now + ahead_ms, now)
  found = take_turns(limit, except)
else
  found = redis.call('ZRANGEBYSCORE', due, '-inf', now + ahead_ms, 'WITHSCORES', 'LIMIT', 0, limit)
end

local bytes = 0
for i = 1, #found, 2 do
  local member = found[i]
  local record = redis.call('GET', record_prefix .. task_of(member))
  local header = read_header(record or nil)
  if header and header.kind == LIVE and execution_of(header) then
    make_ready(task_of(member), header, member, tonumber(found[i + 1]), now)
  elseif header and header.kind == LIVE then
    bytes = bytes + #record
    if bytes > most_bytes and i > 1 then break end
    claim(member, tonumber(found[i + 1]), record, header)
  else
    leave_behind(header and header.kind, member, now)
  end
end

write_moves(now)
-- How schedulers see that somebody drains.
note_claim(now, claimed_count())
local first_left = first_in_due_index()
if by_turns then
  finish_turns()
  by_turns = redis.call('EXISTS', rotation) == 1
end
return claim_reply(seconds, microseconds, by_turns and '0' or first_left)
