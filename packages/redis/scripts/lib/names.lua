-- Names that clients give to tasks, such as idempotency keys. Here a name is 22 characters: a hash of client and name.
--
-- reservation: u8 1 | u48 reserved ms | u48 lifetime ms | 16 bytes fingerprint of the content | task id
-- receipt:     the ms at which the task was due first, in decimal
--
-- A reservation says which task a name stands for. It is in the name's home partition. The receipt is in the partition of
-- the task, written by the step that registers it. There is one for as long as the reservation is there and longer, so
-- that a reserved task without a receipt was never registered.
--- @include partition
local NAME_LENGTH = 22
local TASK_ID_AT = 30

local function pack_reservation(reserved_ms, lifetime_ms, fingerprint, id)
  return struct.pack('>BI6I6c16', 1, reserved_ms, lifetime_ms, fingerprint) .. id
end

local function is_readable(reservation)
  return reservation:byte(1) == 1
end

local function task_reserved_for(reservation)
  return reservation:sub(TASK_ID_AT)
end

-- nil when the name is not reserved.
local function load_reservation(name)
  local reservation = redis.call('GET', reservation_prefix .. name)
  if not reservation then return nil end
  if not is_readable(reservation) then
    error({ err = 'FORMAT the name was reserved by a newer release than this one' })
  end
  local _, _, lifetime, fingerprint = struct.unpack('>BI6I6c16', reservation)
  return { lifetime = lifetime, fingerprint = fingerprint, id = task_reserved_for(reservation) }
end

-- The member of `names` for a reservation. It contains the task's id, because the receipt outlives the reservation.
local function name_member(name, id)
  return name .. ':' .. id
end

-- The name and the task id of a member of `names`.
local function split_name_member(member)
  return member:sub(1, NAME_LENGTH), member:sub(NAME_LENGTH + 2)
end
