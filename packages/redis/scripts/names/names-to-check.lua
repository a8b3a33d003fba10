#!lua flags=allow-oom
--- Names that it is time to check.
-- ARGV: most names
-- Reply: now ms, number of names in all, (member of `names`, its reservation or '' when there is none any more)…
--        A reservation that only a newer release can read is there, whatever task it is for.
-- Cost: O(log n + names).
--- @include names

local now = now_ms()
local reply = { now, redis.call('ZCARD', names) }
for _, member in ipairs(redis.call('ZRANGEBYSCORE', names, '-inf', now, 'LIMIT', 0, tonumber(ARGV[1]))) do
  local name, id = split_name_member(member)
  local reservation = redis.call('GET', reservation_prefix .. name)
  local is_there = reservation and (not is_readable(reservation) or task_reserved_for(reservation) == id)
  reply[#reply + 1] = member
  reply[#reply + 1] = is_there and reservation or ''
end
return reply
