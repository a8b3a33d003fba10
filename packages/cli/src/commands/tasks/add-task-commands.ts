import type { Environment } from '@boomerang/runtime';
import type { Command } from 'commander';
import type { RemoteOptions } from '../../remote/find-profile.js';
import { withRemoteOptions } from '../../remote/with-remote-options.js';
import { withExamples } from '../../with-examples.js';
import { cancelTasks } from './cancel-tasks.js';
import { changeTasks, type RescheduleOptions, rescheduleTask } from './change-tasks.js';
import { type ListOptions, listTasks } from './list-tasks.js';
import { type RegisterOptions, register } from './register.js';
import { showTask } from './show-task.js';

const LENGTH = 'such as 250ms, 5s, 10m, 2h or 7d';

export function addRegisterCommand(program: Command, env: Environment): void {
  const command = program.command('register [payload]').description('register a task and print its id');
  withExamples(command, [
    "boomerang register 'hello' --in 2s --to http://127.0.0.1:9000/hook",
    'boomerang register \'{"a":1}\' --content-type application/json --every 1m --to https://shop.example/hook',
    'boomerang register --file order.bin --at 2030-01-31T12:00:00Z --to tcp://10.0.0.5:7000',
    "boomerang register --cron '0 9 * * MON-FRI' --time-zone Europe/Berlin --to grpc://10.0.0.5:50051",
  ]);
  command
    .requiredOption('--to <url>', 'where it comes back: http, https, grpc, grpcs, tcp or udp')
    .option(
      '--in <length>',
      `from now to the first occurrence, ${LENGTH}; default: at once, or after --every`,
    )
    .option('--at <time>', 'when it is due instead, such as 2030-01-31T12:00:00Z')
    .option('--every <length>', 'repeat with this interval')
    .option('--cron <expression>', 'repeat by a calendar: 5 or 6 fields')
    .option('--time-zone <name>', 'of the calendar, such as Europe/Berlin; default UTC')
    .option('--file <path>', 'the payload as a file; - is standard input')
    .option('--content-type <type>', 'of the payload, over HTTP')
    .option('--envelope', 'send an envelope over HTTP instead of the bare payload')
    .option('--acked', 'the receiver answers each datagram, over UDP')
    .option('--attempts <n>', 'how many for each occurrence; default 5')
    .option('--backoff <strategy>', 'pauses between attempts: fixed (default) or exponential')
    .option('--retry-interval <length>', 'pause before the next attempt; default 1s')
    .option('--max-retry-interval <length>', 'the longest pause; default 60s')
    .option(
      '--dlq <destination>',
      'where an occurrence ends whose attempts are exhausted; default: the bucket default',
    )
    .option('--tag <tag...>', 'what it can be found by')
    .option('--idempotency-key <key>', 'repeating it with the same key makes no second task');
  withRemoteOptions(command).action((payload: string | undefined, options: RegisterOptions) =>
    register(env, payload, options),
  );
}

export function addTasksCommands(program: Command, env: Environment): void {
  const tasks = program.command('tasks').description('list, show, change and cancel tasks');
  withExamples(tasks, [
    'boomerang tasks list --once --limit 20',
    'boomerang tasks show ID',
    'boomerang tasks reschedule ID --in 10m',
    'boomerang tasks cancel ID',
  ]);
  const list = tasks
    .command('list')
    .description('print the tasks that have not ended, the next due first')
    .option('--limit <n>', 'how many at most', '100')
    .option('--recurring', 'only those that repeat')
    .option('--once', 'only those that do not repeat')
    .option('--tag <tag>', 'only those with this tag')
    .option('--due-after <time>', 'only those due at or after this time, such as 2030-01-31T12:00:00Z')
    .option('--due-before <time>', 'only those due before this time');
  withRemoteOptions(list).action((options: ListOptions) => listTasks(env, options));
  withRemoteOptions(
    tasks.command('show <id>').description('print a task with its payload and its latest attempts'),
  ).action((id: string, options: RemoteOptions) => showTask(env, id, options));
  addChangeCommands(tasks, env);
  withRemoteOptions(
    tasks.command('cancel <ids...>').description('end tasks for good; cancelling one again is no error'),
  ).action((ids: string[], options: RemoteOptions) => cancelTasks(env, ids, options));
}

function addChangeCommands(tasks: Command, env: Environment): void {
  const reschedule = tasks
    .command('reschedule <id> [payload]')
    .description('change when a task is due next, its interval or its payload')
    .option('--in <length>', `from now to the next occurrence, ${LENGTH}`)
    .option('--at <time>', 'when it is due instead, such as 2030-01-31T12:00:00Z')
    .option('--every <length>', 'the interval from the next occurrence on')
    .option('--new-phase', 'count the interval from the new time on; otherwise those behind it stay')
    .option('--file <path>', 'the payload as a file; - is standard input');
  withRemoteOptions(reschedule).action(
    (id: string, payload: string | undefined, options: RescheduleOptions) =>
      rescheduleTask(env, id, payload, options),
  );
  const changes = {
    pause: 'begin no attempt of tasks until they are resumed',
    resume: 'let paused tasks go on; what recurring ones missed is left out',
    fire: 'fire tasks now; recurring ones once more, beside their schedule',
  } as const;
  for (const [change, description] of Object.entries(changes)) {
    const command = tasks.command(`${change} <ids...>`).description(description);
    withRemoteOptions(command).action((ids: string[], options: RemoteOptions) =>
      changeTasks(env, change as keyof typeof changes, ids, options),
    );
  }
}
