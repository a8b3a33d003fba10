-- The reply that hands out claimed occurrences: seconds, microseconds (Redis's clock), ms of the first occurrence left
-- ('' = none, 0 = so much is overdue that clients take turns), occurrences that were passed over
-- (expired; expired and dead-lettered; missed; overlapping another), number of policies, (policy hash, policy)…,
-- (member, due ms, record, occurrence state)…
--- @include transitions claims/waiting
local TAKE_TURNS = '0'
local claimed, claimed_policies = {}, {}

local function hand_out(due_ms, record, header, member, state)
  claimed_policies[header.policy] = true
  local at = #claimed
  claimed[at + 1], claimed[at + 2], claimed[at + 3], claimed[at + 4] = member, due_ms, record, state
end

local function claimed_count()
  return #claimed / 4
end

-- Of what is left after write_moves.
local function first_left()
  return redis.call('EXISTS', rotation) == 1 and TAKE_TURNS or first_in_due_index()
end

-- The same while nothing is in queues: clients take turns once a claim that is full leaves something overdue.
local function first_left_by(is_full, now)
  local first = first_in_due_index()
  return is_full and first ~= '' and tonumber(first) <= now and TAKE_TURNS or first
end

local function claim_reply(seconds, microseconds, first_left)
  local reply = { seconds, microseconds, first_left, passed_over.expired, passed_over.parked, passed_over.missed,
    passed_over.overlap, 0 }
  for hash in pairs(claimed_policies) do
    reply[8] = reply[8] + 1
    reply[#reply + 1] = hash
    reply[#reply + 1] = redis.call('HGET', policies, hash)
  end
  for _, value in ipairs(claimed) do
    reply[#reply + 1] = value
  end
  return reply
end
