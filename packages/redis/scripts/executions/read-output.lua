--- The output of an execution, as far as it is kept.
-- ARGV: client, task id, occurrence:attempt ('' = the latest that wrote anything), sequence from which on
-- Reply: {} there is no such task of this client, otherwise {occurrence:attempt ('' = nothing was written), sequence of the
--        first piece that is kept ('' = none), '<sequence> <offset> <chunk>'…}
-- Cost: O(log n + bytes).
--- @include executions/output

local client, id, wanted, from = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local header = readable(load_header(id))
if not header or header.client ~= client or not execution_of(header) then return {} end
local attempt = wanted ~= '' and wanted or redis.call('HGET', report_key(id), 'written') or ''
local pieces = output_key(id .. ':' .. attempt)
local first = redis.call('ZRANGE', pieces, 0, 0, 'WITHSCORES')[2] or ''
local reply = { attempt, first }
for _, piece in ipairs(redis.call('ZRANGEBYSCORE', pieces, from, '+inf')) do
  reply[#reply + 1] = piece
end
return reply
