-- Which ready sets of a client hold what a daemon takes.
--- @include executions/executions

-- Names of the sets that hold something; the types are the arguments from `from` on, '*' alone = all.
local function ready_names(client, from)
  if ARGV[from] == '*' then
    return redis.call('ZRANGEBYLEX', ready_sets, '[' .. client .. ':', '(' .. client .. ';')
  end
  local names = {}
  for i = from, #ARGV do
    names[#names + 1] = client .. ':' .. ARGV[i]
  end
  return names
end
