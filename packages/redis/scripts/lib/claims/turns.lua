-- Overdue queues. They exist while more is overdue than is delivered. Each client has a queue of its own in the order of due
-- times, and clients take turns. An overdue occurrence is moved from the due index to its client's queue, and stays there until
-- its claim. A client is in the rotation while its queue holds anything, and then until its next turn, so that a client that
-- comes back soon does not get ahead of the others.
--- @include transitions

-- The most members that one run moves, which takes one or two milliseconds. It moves more of the oldest than one claim takes,
-- so that the occurrences of each client stay in order. It also moves the latest, so that an occurrence that has just fallen
-- due does not wait until a whole backlog has been moved.
local OLDEST, LATEST = 350, 150
-- The most clients that one run looks at: many of them may have empty queues.
local MOST_LOOKED_AT, LOOKED_AT_ONCE = 1000, 100

local function overdue_in_due_index(until_ms)
  local found = redis.call('ZRANGEBYSCORE', due, '-inf', until_ms, 'WITHSCORES', 'LIMIT', 0, OLDEST)
  if #found < 2 * OLDEST then return found end
  local last, latest = found[#found - 1], redis.call('ZREVRANGEBYSCORE', due, until_ms, '-inf', 'WITHSCORES', 'LIMIT', 0, LATEST)
  for i = 1, #latest, 2 do
    if latest[i] == last then break end
    append(found, latest[i], latest[i + 1])
  end
  return found
end

-- Moves members that are due by `until_ms` from the due index to the queues of their clients. It writes at once.
local function queue_overdue(until_ms, now)
  local moved, queued = {}, {}
  local found = overdue_in_due_index(until_ms)
  for i = 1, #found, 2 do
    local member, due_ms = found[i], found[i + 1]
    local kind, client = kind_and_client(task_of(member))
    if kind == UNREADABLE then
      redis.call('ZADD', due, now + UNREADABLE_AGAIN_MS, member)
    else
      moved[#moved + 1] = member
    end
    if kind == LIVE then
      queued[client] = queued[client] or {}
      append(queued[client], due_ms, member)
    elseif kind ~= UNREADABLE then
      redis.call('HDEL', occurrences, member)
    end
  end
  local front = tonumber(redis.call('ZRANGE', rotation, 0, 0, 'WITHSCORES')[2] or 0) - 1
  for client, scores in pairs(queued) do
    redis.call('ZADD', overdue_prefix .. client, unpack(scores))
    redis.call('ZADD', rotation, 'NX', front, client)
  end
  if #moved > 0 then redis.call('ZREM', due, unpack(moved)) end
end

local found_in_turn, left_in_turn = {}, 0
local served, without_any, may_have_more, next_of = {}, {}, {}, {}

-- Takes the next members of a client's queue: `share` of them, if the client may have so many.
local function serve(client, share, at_most)
  local from = next_of[client] or 0
  local most = math.min(share, left_in_turn, (at_most[client] or math.huge) - from)
  if most <= 0 then return end
  local members = redis.call('ZRANGE', overdue_prefix .. client, from, from + most - 1, 'WITHSCORES')
  for i = 1, #members, 2 do
    append(found_in_turn, members[i], members[i + 1])
    queue_of[members[i]] = client
  end
  local count = #members / 2
  left_in_turn, next_of[client] = left_in_turn - count, from + count
  if count == most then may_have_more[#may_have_more + 1] = client end
  if from == 0 then
    local list = count > 0 and served or without_any
    list[#list + 1] = client
  end
end

local function serve_all(clients, share, at_most)
  for _, client in ipairs(clients) do
    if left_in_turn == 0 then return end
    serve(client, share, at_most)
  end
end

local function equal_share(clients)
  return math.max(1, math.floor(left_in_turn / #clients))
end

-- The members to claim, at most `limit`, as (member, due ms)…. Each client gets the same share, or all that it has. What is left
-- of `limit` goes to the clients whose turn comes first. `at_most` says how many a client may get, if not all.
local function take_turns(limit, at_most)
  left_in_turn = limit
  local clients = redis.call('ZRANGE', rotation, 0, limit - 1)
  local looked = #clients
  -- If there may be more clients than `limit`, each gets one.
  serve_all(clients, looked < limit and equal_share(clients) or 1, at_most)
  while left_in_turn > 0 and #clients > 0 and looked < MOST_LOOKED_AT do
    clients = redis.call('ZRANGE', rotation, looked, looked + LOOKED_AT_ONCE - 1)
    looked = looked + #clients
    serve_all(clients, 1, at_most)
  end
  while left_in_turn > 0 and #may_have_more > 0 do
    clients, may_have_more = may_have_more, {}
    serve_all(clients, equal_share(clients), at_most)
  end
  return found_in_turn
end

-- Moves the clients that were served to the end of the rotation. The first of them becomes the very last, so that the rest of
-- `limit` goes to another client each time. Must be called after write_moves.
local function finish_turns()
  if #without_any > 0 then redis.call('ZREM', rotation, unpack(without_any)) end
  if #served == 0 then return end
  local last = tonumber(redis.call('ZRANGE', rotation, -1, -1, 'WITHSCORES')[2])
  local turns = {}
  for i = 2, #served do
    append(turns, last + i - 1, served[i])
  end
  append(turns, last + #served, served[1])
  redis.call('ZADD', rotation, unpack(turns))
  -- Everything that waited was taken: no client waits for a turn.
  if left_in_turn == 0 then return end
  for _, client in ipairs(served) do
    leave_rotation(client)
  end
end
