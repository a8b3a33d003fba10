#!lua flags=allow-oom
--- Tries the permissions of the Redis user, on keys that are deleted before the script ends.
-- KEYS: those keys
-- ARGV: commands as JSON arrays; the first ones delete the keys, and nothing else is tried if that isn't allowed
-- Reply: (number of a command that isn't allowed, what Redis says)…
-- Cost: O(1) per command.
local denied = {}

local function try(i)
  local reply = redis.pcall(unpack(cjson.decode(ARGV[i])))
  local problem = type(reply) == 'table' and reply.err
  if not problem then return end
  if string.find(problem, '^NOPERM') or string.find(problem, "^ERR The user executing the script can't") then
    denied[#denied + 1] = i
    denied[#denied + 1] = problem
  end
end

for i = 1, #KEYS do try(i) end
if #denied > 0 then return denied end
for i = #KEYS + 1, #ARGV do try(i) end
for i = 1, #KEYS do try(i) end
return denied
