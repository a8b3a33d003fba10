-- KEYS of every script: one partition, in the order of keys.ts.
local due, occurrences, leases, policies, policy_refs, dlq, claims, scheduler, wake_channel, record_prefix,
  client_prefix, dead_letter_prefix, forwarded, latest_attempts, names, reservation_prefix, receipt_prefix, event_prefix,
  execution_prefix, overdue_prefix, rotation, bucket_prefix, calendars, tag_prefix,
  paused = unpack(KEYS)

local function server_time()
  local time = redis.call('TIME')
  return tonumber(time[1]), tonumber(time[2])
end

-- Unix epoch ms, rounded up, so that a task with a delay is never due before the delay has passed.
local function now_ms()
  local seconds, microseconds = server_time()
  return seconds * 1000 + math.ceil(microseconds / 1000)
end
