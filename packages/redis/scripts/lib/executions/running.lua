-- Executions that daemons run: what a daemon has is offered or leased.
--- @include partition
local function executions_running()
  return redis.call('HLEN', execution_prefix .. 'holders') - redis.call('ZCARD', execution_prefix .. 'offers')
end
