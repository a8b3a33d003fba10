--- Makes tasks of a client's dead letters: each leaves the queue in the step that registers its task.
-- ARGV: slice ms, notice ms, number of policies, (policy hash, policy)…, client, most bytes,
--       even those not forwarded yet (1 or 0), ms that delays count from (0 = now), (id, task id, delay ms, policy hash)…
--       A dead letter must always get the same task id: by it a repeated call finds what it has done before.
-- Reply: per dead letter {0} the client has no such one; {1, due ms} replayed; {2, due ms} it had been replayed before;
--        {3} it is not forwarded yet. Ends early, at least one in, once the payloads exceed the bytes.
-- Cost: O(log n + bytes) per dead letter.
--- @include register-tasks executions/executions forwarding

local NOT_FOUND, REPLAYED, REPLAYED_BEFORE, NOT_FORWARDED = 0, 1, 2, 3

local now = now_ms()
local client_at = 4 + 2 * tonumber(ARGV[3])
local client, most_bytes, even_not_forwarded = ARGV[client_at], tonumber(ARGV[client_at + 1]), ARGV[client_at + 2] == '1'
local start_ms = tonumber(ARGV[client_at + 3])
if start_ms == 0 then start_ms = now end
local replayed, bytes = {}, 0

local function replayed_before(task_id)
  local header = readable(load_header(task_id))
  if header and header.client == client then return { REPLAYED_BEFORE, header.first } end
  return { NOT_FOUND }
end

local function replay(id, task_id, delay_ms, policy)
  local bucket = find_letter(client, id)
  if not bucket then return replayed_before(task_id) end
  if not even_not_forwarded and awaits_forwarding(id, bucket) then return { NOT_FORWARDED } end
  local letter = load_letter(id)
  local payload = field(letter, 'payload')
  bytes = bytes + #payload
  local due_ms = math.max(now, start_ms + delay_ms)
  local parts = pack_origin(id) .. (field(letter, 'parts') or '')
  register_task(task_id, due_ms, 0, client, policy, parts, payload)
  local header = load_header(task_id)
  if execution_of(header) then list_execution(task_id, header, nil, 'pending') end
  replayed[#replayed + 1] = id
  return { REPLAYED, due_ms }
end

local reply = {}
for i = client_at + 4, #ARGV, 4 do
  reply[#reply + 1] = replay(ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2]), ARGV[i + 3])
  if bytes > most_bytes then break end
end
finish_registrations(now, 4, client_at - 1)
for _, id in ipairs(replayed) do
  remove_letter(client, id)
end
return reply
