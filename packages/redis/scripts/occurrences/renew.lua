#!lua flags=allow-oom
--- Renews leases.
-- ARGV: lease ms, (member, token)…
-- Reply: seconds, microseconds, then per lease 1, or 0 when the token is not the current one or the task has ended.
-- Cost: O(log n) per lease.
--- @include transitions

local lease_ms = tonumber(ARGV[1])
local seconds, microseconds = server_time()
local now = seconds * 1000 + math.floor(microseconds / 1000)
local reply = { seconds, microseconds }
for i = 2, #ARGV, 2 do
  local member, token = ARGV[i], ARGV[i + 1]
  local state = redis.call('HGET', occurrences, member)
  local header = load_header(task_of(member))
  local current = state and state:sub(1, TOKEN_BYTES) == token and header and header.kind == LIVE
  if current then extend_lease(member, now + lease_ms) end
  reply[#reply + 1] = current and 1 or 0
end
return reply
