--- Dead letters of a client.
-- ARGV: client, most bytes, with payload (1 or 0), id…
-- Reply: per dead letter, in the order asked for, {} when the client has no such one, otherwise {bytes that it
--        takes in an answer, bytes of payload, {field, value…} of its entry, the payload empty when it is not asked for}.
--        Ends early, at least one in, once the answer exceeds the bytes, or what was read a multiple of them.
-- Cost: O(log n + bytes) per dead letter.
--- @include dead-letters

local READ_PER_ANSWERED = 8

local client, most_bytes, with_payload = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'

-- A short failure takes twice its packed bytes in an answer.
local function bytes_in_answer(letter, payload_bytes)
  return 256 + #field(letter, 'policy') + 2 * #field(letter, 'history') + (with_payload and payload_bytes or 0)
end

local function without_payload(letter)
  for i = 1, #letter, 2 do
    if letter[i] == 'payload' then letter[i + 1] = '' end
  end
  return letter
end

local reply, answered, read = {}, 0, 0
for i = 4, #ARGV do
  local found = {}
  if find_letter(client, ARGV[i]) then
    local letter = load_letter(ARGV[i])
    local payload_bytes = #field(letter, 'payload')
    local bytes = bytes_in_answer(letter, payload_bytes)
    answered, read = answered + bytes, read + bytes + payload_bytes
    found = { bytes, payload_bytes, with_payload and letter or without_payload(letter) }
  end
  if (answered > most_bytes or read > most_bytes * READ_PER_ANSWERED) and i > 4 then break end
  reply[#reply + 1] = found
end
return reply
