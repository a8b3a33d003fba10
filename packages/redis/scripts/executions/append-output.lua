#!lua flags=allow-oom
--- Keeps a piece of what an execution writes: the last 256 KiB of it. A piece that comes again changes nothing.
-- ARGV: client, member, token, sequence (pieces, from 0), offset (bytes), chunk
-- Reply: 0 the token is not the current one; 1 kept
-- Cost: O(log n + pieces that are dropped).
--- @include executions

local client, member, token, sequence, offset, chunk = unpack(ARGV)
local MOST_BYTES = 262144
local KEPT_MS = 86400000
local state, id, _, is_leased = find_held(client, member, token)
if not state or not is_leased then return 0 end
local _, attempts, occurrence = unpack_state(state)
local key = execution_prefix .. 'output:' .. id
local pieces = key .. ':' .. occurrence .. ':' .. attempts
local name = sequence .. ' ' .. offset .. ' '
if #redis.call('ZRANGEBYSCORE', pieces, sequence, sequence) > 0 then return 1 end
redis.call('ZADD', pieces, sequence, name .. chunk)
redis.call('PEXPIRE', pieces, KEPT_MS)
local bytes = redis.call('HINCRBY', report_key(id), 'output', #chunk)
while bytes > MOST_BYTES do
  local oldest = redis.call('ZPOPMIN', pieces)[1]
  if not oldest then break end
  bytes = redis.call('HINCRBY', report_key(id), 'output', -#oldest:match('^%d+ %d+ (.*)$'))
end
tell_event('output', client, id, occurrence, attempts, 'sequence', sequence, 'offset', offset, 'chunk', chunk)
return 1
