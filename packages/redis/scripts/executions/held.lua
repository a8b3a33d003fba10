--- The executions that a daemon was offered or runs.
-- ARGV: client, daemon
-- Reply: per execution member, token, the name that the client gave its task
-- Cost: O(executions).
--- @include executions/executions

local reply = {}
for _, member in ipairs(redis.call('SMEMBERS', held_by(ARGV[1], ARGV[2]))) do
  local state = redis.call('HGET', occurrences, member)
  if state then
    reply[#reply + 1] = member
    reply[#reply + 1] = state:sub(1, TOKEN_BYTES)
    local header = load_header(task_of(member))
    local execution = header and header.kind ~= UNREADABLE and execution_of(header)
    reply[#reply + 1] = execution and execution.name or ''
  end
end
return reply
