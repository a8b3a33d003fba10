#!lua flags=allow-oom
--- Records the decisions about names that were checked.
-- ARGV: (member of `names`, its reservation as it was seen, what becomes of it, ms, ms)…
--       'keep': check again at the first ms; 'end': the same, and the reservation ends when the second ms have passed;
--       'abandon': remove the reservation, unless it was asked for since; 'forget': there is none, remove the member
-- Reply: how many names were removed.
-- Cost: O(log n) per name.
--- @include names

local removed = 0

local function remove(member)
  removed = removed + redis.call('ZREM', names, member)
end

local function settle(member, seen, verdict, at_ms, lifetime_ms)
  if verdict == 'forget' then return remove(member) end
  local name, id = split_name_member(member)
  local key = reservation_prefix .. name
  local current = redis.call('GET', key)
  if verdict == 'abandon' then
    if current ~= seen then return end
    redis.call('DEL', key)
    return remove(member)
  end
  if verdict == 'end' and current and task_reserved_for(current) == id then
    redis.call('PEXPIRE', key, lifetime_ms, 'NX')
  end
  redis.call('ZADD', names, 'XX', at_ms, member)
end

for i = 1, #ARGV, 5 do
  settle(unpack(ARGV, i, i + 4))
end
return removed
