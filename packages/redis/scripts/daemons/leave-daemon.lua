--- A daemon's stream has ended.
-- ARGV: client, daemon, stream
-- Reply: 1, or 0 when a newer stream has taken its place
-- Cost: O(1).
--- @include executions/daemons

local client, daemon, stream = unpack(ARGV)
local known = find_daemon(client, daemon, 0)
if not known or known.stream ~= stream then return 0 end
redis.call('HDEL', daemons_of(client), daemon)
return 1
