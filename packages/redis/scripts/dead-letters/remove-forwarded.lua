#!lua flags=allow-oom
--- Removes dead letters that were forwarded a while ago.
-- ARGV: retention ms, most dead letters
-- Reply: how many.
-- Cost: O(log n) per dead letter.
--- @include dead-letters

local members = redis.call('ZRANGEBYSCORE', forwarded, '-inf', now_ms() - tonumber(ARGV[1]), 'LIMIT', 0, ARGV[2])
for _, member in ipairs(members) do
  local id, client = member:match('^(%S+) (.*)$')
  remove_letter(client, id)
end
if #members > 0 then redis.call('ZREM', forwarded, unpack(members)) end
return #members
