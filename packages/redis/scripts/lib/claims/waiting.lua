-- Occurrences that wait for their claim, in the due index or in the overdue queues of clients.
--- @include partition

-- So many clients are counted, which takes about two milliseconds; the rest is estimated.
local MOST_COUNTED = 500

-- Members in the queues of clients, and the ms at which the first of them was due (nil when there is none). Of more clients
-- than are counted, those whose turn comes first are taken for the average, as they have waited longest.
-- Cost: O(clients in the rotation), at most MOST_COUNTED.
local function overdue_in_queues(now)
  local count, first_ms = 0, nil
  local clients = redis.call('ZRANGE', rotation, 0, MOST_COUNTED - 1)
  for _, client in ipairs(clients) do
    local queue = overdue_prefix .. client
    local first = tonumber(redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')[2])
    count = count + redis.call('ZCARD', queue)
    if first and first < (first_ms or first + 1) then first_ms = first end
  end
  if #clients < MOST_COUNTED then return count, first_ms end
  local rest = redis.call('ZCARD', rotation) - #clients
  -- Others may have something overdue though these have not.
  return count + math.floor(rest * math.max(1, count / #clients)), rest > 0 and (first_ms or now) or first_ms
end

-- ms of the first occurrence in the due index, '' when there is none.
local function first_in_due_index()
  return redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2] or ''
end
