-- Claimed occurrences: their states and leases, written together, and the reply that hands them out.
-- Reply: seconds, microseconds (Redis's clock), ms of the first occurrence left ('' = none), number of policies,
--        (policy hash, policy)…, (member, due ms, record, occurrence state)…
local claimed, claimed_policies, claimed_states, claimed_leases = {}, {}, {}, {}

local function hand_out(member, due_ms, record, header, state, lease_end)
  claimed_states[#claimed_states + 1] = member
  claimed_states[#claimed_states + 1] = state
  claimed_leases[#claimed_leases + 1] = lease_end
  claimed_leases[#claimed_leases + 1] = member
  claimed_policies[header.policy] = true
  for _, value in ipairs({ member, due_ms, record, state }) do
    claimed[#claimed + 1] = value
  end
end

local function claimed_count()
  return #claimed / 4
end

-- Must be called once after the last hand_out.
local function write_claims()
  if #claimed == 0 then return end
  redis.call('HSET', occurrences, unpack(claimed_states))
  redis.call('ZADD', leases, unpack(claimed_leases))
end

local function claim_reply(seconds, microseconds)
  local first_left = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  local reply = { seconds, microseconds, first_left[2] or '', 0 }
  for hash in pairs(claimed_policies) do
    reply[4] = reply[4] + 1
    reply[#reply + 1] = hash
    reply[#reply + 1] = redis.call('HGET', policies, hash)
  end
  for _, value in ipairs(claimed) do
    reply[#reply + 1] = value
  end
  return reply
end
