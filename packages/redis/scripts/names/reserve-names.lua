--- Reserves names for tasks that are to be registered. A name that is reserved already keeps its task.
-- ARGV: ms within which a task has to be registered, (name, fingerprint, task id, lifetime ms, ms to the first check)…
-- Reply: per name {} it was reserved for another content; {task id, Unix ms until which the task may be registered, 1 when
--        it is reserved now or 0 before}
-- Cost: O(log n) per name.
--- @include names

local now = now_ms()
local register_by = now + tonumber(ARGV[1])

local function reserve(name, fingerprint, id, lifetime, check_in)
  local known = load_reservation(name)
  if not known then
    redis.call('SET', reservation_prefix .. name, pack_reservation(now, lifetime, fingerprint, id))
    redis.call('ZADD', names, now + check_in, name_member(name, id))
    return { id, register_by, 1 }
  end
  if known.fingerprint ~= fingerprint then return {} end
  -- The time of the reservation is renewed, so that it isn't given up while its task is being registered.
  local renewed = pack_reservation(now, known.lifetime, fingerprint, known.id)
  redis.call('SET', reservation_prefix .. name, renewed, 'KEEPTTL')
  return { known.id, register_by, 0 }
end

local reply = {}
for i = 2, #ARGV, 5 do
  local name, fingerprint, id, lifetime, check_in = unpack(ARGV, i, i + 4)
  reply[#reply + 1] = reserve(name, fingerprint, id, tonumber(lifetime), tonumber(check_in))
end
return reply
