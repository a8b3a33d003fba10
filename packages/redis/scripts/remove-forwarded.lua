#!lua flags=allow-oom
--- Removes dead letters that were forwarded a while ago.
-- ARGV: retention ms, most dead letters
-- Reply: how many.
-- Cost: O(log n) per dead letter.
--- @include partition forwarding

local ids = redis.call('ZRANGEBYSCORE', forwarded, '-inf', now_ms() - tonumber(ARGV[1]), 'LIMIT', 0, ARGV[2])
for _, id in ipairs(ids) do
  remove_letter(id)
end
if #ids > 0 then redis.call('ZREM', forwarded, unpack(ids)) end
return #ids
