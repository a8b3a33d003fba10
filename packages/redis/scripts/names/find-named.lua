--- Which task a name stands for.
-- ARGV: name
-- Reply: task id, '' = none
-- Cost: O(1).
--- @include names

local reservation = load_reservation(ARGV[1])
return reservation and reservation.id or ''
