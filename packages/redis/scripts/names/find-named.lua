--- Which tasks names stand for.
-- ARGV: name…
-- Reply: per name its task id, '' = none
-- Cost: O(1) per name.
--- @include names

local reply = {}
for i, name in ipairs(ARGV) do
  local reservation = load_reservation(name)
  reply[i] = reservation and reservation.id or ''
end
return reply
