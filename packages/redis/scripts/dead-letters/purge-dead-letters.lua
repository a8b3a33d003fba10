--- Removes dead letters of a client for good.
-- ARGV: client, even those not forwarded yet (1 or 0), id…
-- Reply: per dead letter 0 when the client has no such one, 1 when it is removed, 2 when it is not forwarded yet.
-- Cost: O(log n) per dead letter.
--- @include forwarding

local NOT_FOUND, PURGED, NOT_FORWARDED = 0, 1, 2

local client, even_not_forwarded = ARGV[1], ARGV[2] == '1'
local reply = {}
for i = 3, #ARGV do
  local bucket = find_letter(client, ARGV[i])
  if not bucket then
    reply[#reply + 1] = NOT_FOUND
  elseif not even_not_forwarded and awaits_forwarding(ARGV[i], bucket) then
    reply[#reply + 1] = NOT_FORWARDED
  else
    remove_letter(client, ARGV[i])
    reply[#reply + 1] = PURGED
  end
end
return reply
