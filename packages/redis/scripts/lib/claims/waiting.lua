-- Occurrences that wait for their claim, in the due index or in the overdue queues of clients.
--- @include partition

-- Members in the queues of clients, and the ms at which the first of them was due (nil when there is none).
-- Cost: O(clients in the rotation).
local function overdue_in_queues()
  local count, first_ms = 0, nil
  for _, client in ipairs(redis.call('ZRANGE', rotation, 0, -1)) do
    local queue = overdue_prefix .. client
    local first = tonumber(redis.call('ZRANGE', queue, 0, 0, 'WITHSCORES')[2])
    count = count + redis.call('ZCARD', queue)
    if first and first < (first_ms or first + 1) then first_ms = first end
  end
  return count, first_ms
end

-- ms of the first occurrence in the due index, '' when there is none.
local function first_in_due_index()
  return redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')[2] or ''
end
