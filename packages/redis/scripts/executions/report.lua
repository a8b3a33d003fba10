#!lua flags=allow-oom
--- Records the result of an execution: the task ends, is tried again, or becomes a dead letter.
-- ARGV: slice ms, notice ms, client, member, token, succeeded (1 or 0), entry of a history, report (JSON),
--       output that came with it, most bytes of output of the client in this partition
-- Reply: 1, or 0 when the token is not the current one.
-- Cost: O(log n).
--- @include executions/end-execution executions/output

local client, member, token, succeeded, entry, report = ARGV[3], ARGV[4], ARGV[5], ARGV[6] == '1', ARGV[7], ARGV[8]
local now = now_ms()
local state, id, header, is_leased = find_held(client, member, token)
if not state or not is_leased then return 0 end
-- If the daemon has sent pieces of output, the report repeats only the last of them.
local _, attempts, occurrence = unpack_state(state)
local has_pieces = redis.call('EXISTS', output_key(id .. ':' .. occurrence .. ':' .. attempts)) == 1
if ARGV[9] ~= '' and not has_pieces then
  keep_output(client, id, occurrence, attempts, 0, 0, ARGV[9], tonumber(ARGV[10]), now)
end
redis.call('HSET', report_key(id), 'report', report, 'updated', now, 'ended', now)
if succeeded then
  complete_execution(id, header, member, state, entry)
else
  fail_execution(id, header, member, state, entry, now)
end
write_moves(now)
finish_ends()
return 1
