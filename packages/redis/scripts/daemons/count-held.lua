--- How many executions daemons were offered or run.
-- ARGV: client, daemon…
-- Reply: a number per daemon, in the order asked for
-- Cost: O(daemons).
--- @include executions/executions

local reply = {}
for i = 2, #ARGV do
  reply[#reply + 1] = redis.call('SCARD', held_by(ARGV[1], ARGV[i]))
end
return reply
