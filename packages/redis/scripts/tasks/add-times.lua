#!lua flags=allow-oom
--- Adds the times of the next occurrences of tasks that recur by a calendar. Sent twice, it changes nothing more.
-- ARGV: slice ms, notice ms, (task id, number of times, due ms ascending…)…
-- Reply: per task 1 if it still has no time and asks for some, otherwise 0.
-- Cost: O(log n) per task.
--- @include transitions

local now = now_ms()
local reply = {}

local function add(id, later)
  local header = load_header(id)
  if header and header.kind == UNREADABLE then return 1 end
  local recurs = header and header.kind == LIVE and calendar_of(header)
  if recurs and add_times(id, header, later, now) == 0 then return 1 end
  redis.call('ZREM', calendars, id)
  return 0
end

local at = 3
while ARGV[at] do
  local id, count = ARGV[at], tonumber(ARGV[at + 1])
  local later = {}
  for i = 1, count do
    later[i] = tonumber(ARGV[at + 1 + i])
  end
  reply[#reply + 1] = add(id, later)
  at = at + 2 + count
end
write_moves(now)
return reply
