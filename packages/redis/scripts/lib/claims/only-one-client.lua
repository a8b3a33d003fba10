-- Whether all that is overdue is one client's: then nobody has to take turns.
--- @include record executions/executions

-- So many of those that fell due last are looked at besides.
local NEWEST = 16

local function client_of(member)
  local kind, client = kind_and_client(task_of(member))
  return kind == LIVE and client or nil
end

-- The only client with anything due by `until_ms` in the due index; nil if there are several, or if that is uncertain.
-- A client's one-shot tasks are all in the list of its tasks, by due time, those that are leased included. So if one client's
-- list has as many tasks due as the due index and the leases have in all, these are its own. Anything else makes the numbers
-- differ: other clients' occurrences, recurring tasks. A task of its own that is listed and in neither of the two could make
-- up for another client's; so there must be none that are paused, wait for a daemon or for other tasks, or lack times, and the
-- newest are looked at, too.
-- Cost: O(log n).
local function only_client_due(until_ms)
  local waiting_for_tasks = execution_prefix .. 'waiting'
  if redis.call('EXISTS', paused, ready_sets, offers, calendars, waiting_for_tasks) > 0 then return nil end
  local first = redis.call('ZRANGE', due, 0, 0)[1]
  local client = first and client_of(first)
  if not client then return nil end
  local counted = redis.call('ZCOUNT', due, '-inf', until_ms) + redis.call('ZCARD', leases)
  if counted ~= redis.call('ZCOUNT', client_prefix .. client, '-inf', until_ms) then return nil end
  for _, member in ipairs(redis.call('ZREVRANGEBYSCORE', due, until_ms, '-inf', 'LIMIT', 0, NEWEST)) do
    if client_of(member) ~= client then return nil end
  end
  return client
end
