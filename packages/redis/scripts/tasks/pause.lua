#!lua flags=allow-oom
--- Pauses a task: no attempt of it is begun until it goes on. An attempt that is under way goes on. Pausing it again changes
--- nothing.
-- ARGV: as lib/change-task.lua says
-- Reply: as lib/change-task.lua says
-- Cost: O(log n), and the payload is copied.
--- @include change-task

local id, now = ARGV[3], now_ms()
local header, refusal = changeable(id, ARGV[4])
if refusal then return refusal end

local due_ms = next_due(id, header)
if is_paused(header) then return done(id, header, due_ms) end
withhold(id, header)
set_part(header, PAUSED_PART, struct.pack('>I6', now))
write_record(id, header)
tell_event('paused', header.client, id, header.occurrence, 0)
return done(id, header, due_ms)
