#!lua flags=allow-oom
--- How tasks stand that names are reserved for.
-- ARGV: (task id, 1 when its receipt is to be forgotten, otherwise 0)…
-- Reply: per task 0 it has no receipt (any more), 1 it has not ended, 2 it has ended
-- Cost: O(1) per task.
--- @include record

local NO_RECEIPT, LIVES, HAS_ENDED = 0, 1, 2

local function standing(id)
  if redis.call('EXISTS', receipt_prefix .. id) == 0 then return NO_RECEIPT end
  local header = load_header(id)
  return (not header or header.kind == ENDED) and HAS_ENDED or LIVES
end

local reply = {}
for i = 1, #ARGV, 2 do
  local id, forget = ARGV[i], ARGV[i + 1] == '1'
  if forget then redis.call('DEL', receipt_prefix .. id) end
  reply[#reply + 1] = standing(id)
end
return reply
