#!lua flags=allow-oom
--- A daemon's stream is alive.
-- ARGV: client, daemon, stream, ms until it is forgotten, whether it takes nothing new (1 or 0)
-- Reply: 1, or 0 when a newer stream took its place
-- Cost: O(1).
--- @include executions/daemons

local client, daemon, stream, kept_ms, draining = unpack(ARGV)
local now = now_ms()
local stored = redis.call('HGET', daemons_of(client), daemon)
local known = stored and cjson.decode(stored)
if not known or known.stream ~= stream then return 0 end
known.until_ms, known.draining = now + kept_ms, draining == '1'
keep_daemon(client, daemon, known)
return 1
