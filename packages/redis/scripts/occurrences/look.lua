#!lua flags=allow-oom
--- A scheduler's look ahead: which slices have anything due?
-- ARGV: slice ms, scheduler's id, scheduler's lease ms, horizon ms, most slices
-- Reply: seconds, microseconds (Redis's clock); nothing more when another scheduler has the partition's lease, otherwise
--        ms of the last claim (0 = none yet), the workload as lib/claims/workload.lua says, (slice start ms, count)… in order
--        of time. What is in the queues of clients counts to the slice in which the first of it was due.
-- Cost: O(log n) per slice with anything in it, and O(1) per client with overdue occurrences, at most 500.
--- @include claims/workload

local slice_ms, holder, lease_ms, horizon_ms, most =
  tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local seconds, microseconds = server_time()
local now = seconds * 1000 + math.floor(microseconds / 1000)
local current = redis.call('GET', scheduler)
if current and current ~= holder then return { seconds, microseconds } end
redis.call('SET', scheduler, holder, 'PX', lease_ms)

local queued, first_queued = overdue_in_queues(now)
local counts, starts = {}, {}
local function count_in(start, count)
  if not counts[start] then starts[#starts + 1] = start end
  counts[start] = (counts[start] or 0) + count
end

if first_queued then count_in(first_queued - first_queued % slice_ms, queued) end
local from = '-inf'
for _ = 1, most do
  local first = redis.call('ZRANGEBYSCORE', due, from, '(' .. (now + horizon_ms), 'WITHSCORES', 'LIMIT', 0, 1)
  if #first == 0 then break end
  local start = first[2] - first[2] % slice_ms
  count_in(start, redis.call('ZCOUNT', due, start, '(' .. (start + slice_ms)))
  from = start + slice_ms
end

local reply = { seconds, microseconds, (read_claims()), unpack(workload(now, queued)) }
table.sort(starts)
for _, start in ipairs(starts) do
  reply[#reply + 1] = start
  reply[#reply + 1] = counts[start]
end
return reply
