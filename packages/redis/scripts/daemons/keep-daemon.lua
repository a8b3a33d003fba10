#!lua flags=allow-oom
--- A daemon's stream is alive.
-- ARGV: client, daemon, stream, ms until it is forgotten, how many executions it has
-- Reply: 1, or 0 when a newer stream took its place
-- Cost: O(1).
--- @include daemons

local client, daemon, stream, kept_ms, held = unpack(ARGV)
local now = now_ms()
local stored = redis.call('HGET', daemons_of(client), daemon)
local known = stored and cjson.decode(stored)
if not known or known.stream ~= stream then return 0 end
known.until_ms, known.held = now + kept_ms, tonumber(held)
keep_daemon(client, daemon, known)
return 1
