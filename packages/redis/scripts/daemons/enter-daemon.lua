#!lua flags=allow-oom
--- A daemon has a stream. Of the same instance the newest stream counts.
-- ARGV: client, daemon, stream, instance, ms until it is forgotten, hello (JSON)
-- Reply: 1, or 0 while another instance has that name
-- Cost: O(1).
--- @include executions/daemons

local client, daemon, stream, instance, kept_ms, hello = unpack(ARGV)
local now = now_ms()
local known = find_daemon(client, daemon, now)
if known and known.instance ~= instance then return 0 end
keep_daemon(client, daemon, { stream = stream, instance = instance, until_ms = now + kept_ms, draining = false, hello = hello })
redis.call('PUBLISH', execution_channel, 'entered ' .. client .. ':' .. daemon .. ' ' .. stream)
return 1
