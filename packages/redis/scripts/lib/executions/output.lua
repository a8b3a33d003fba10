-- Output of executions: the last part of each attempt's output, for a day, within each client's limit in a partition.
--- @include executions/executions
local MOST_OUTPUT_BYTES, OUTPUT_KEPT_MS = 262144, 86400000
local MOST_DROPPED = 100

local function output_key(attempt)
  return execution_prefix .. 'output:' .. attempt
end

-- Bytes by attempt, and by '' those of all.
local function output_sizes(client)
  return execution_prefix .. 'output-sizes:' .. client
end

-- Attempts by the ms of their latest piece.
local function output_order(client)
  return execution_prefix .. 'output-order:' .. client
end

local function drop_output(client, attempt)
  redis.call('DEL', output_key(attempt))
  local bytes = tonumber(redis.call('HGET', output_sizes(client), attempt)) or 0
  redis.call('HDEL', output_sizes(client), attempt)
  redis.call('ZREM', output_order(client), attempt)
  return redis.call('HINCRBY', output_sizes(client), '', -bytes)
end

-- Drops the output of the attempts that were written to longest ago; the latest attempt keeps its output.
local function drop_oldest(client, budget, now)
  local oldest = redis.call('ZRANGE', output_order(client), 0, MOST_DROPPED - 1, 'WITHSCORES')
  local bytes = tonumber(redis.call('HGET', output_sizes(client), ''))
  for i = 1, #oldest - 2, 2 do
    if bytes <= budget and tonumber(oldest[i + 1]) > now - OUTPUT_KEPT_MS then return end
    bytes = drop_output(client, oldest[i])
  end
end

-- A piece that comes again changes nothing. `sequence` counts pieces from 0, `offset` bytes.
local function keep_output(client, id, occurrence, attempts, sequence, offset, chunk, budget, now)
  local attempt = id .. ':' .. occurrence .. ':' .. attempts
  local pieces, sizes = output_key(attempt), output_sizes(client)
  if redis.call('ZCOUNT', pieces, sequence, sequence) > 0 then return end
  redis.call('ZADD', pieces, sequence, sequence .. ' ' .. offset .. ' ' .. chunk)
  local bytes, added = redis.call('HINCRBY', sizes, attempt, #chunk), #chunk
  while bytes > MOST_OUTPUT_BYTES do
    local _, dropped = redis.call('ZPOPMIN', pieces)[1]:match('^(%d+ %d+ )(.*)$')
    bytes, added = redis.call('HINCRBY', sizes, attempt, -#dropped), added - #dropped
  end
  redis.call('HINCRBY', sizes, '', added)
  redis.call('ZADD', output_order(client), now, attempt)
  redis.call('HSET', report_key(id), 'written', occurrence .. ':' .. attempts)
  for _, key in ipairs({ pieces, sizes, output_order(client) }) do
    redis.call('PEXPIRE', key, OUTPUT_KEPT_MS)
  end
  drop_oldest(client, budget, now)
  tell_execution('output', load_header(id), id, occurrence, attempts, 'sequence', sequence, 'offset', offset, 'bytes', #chunk)
end
