#!/usr/bin/env node
import { spage } from '@boomerang/protocol';
import { readArguments } from './arguments.js';
import { now, PlayReporter } from './play-reporter.js';
import { type PlaybookStep, readPlaybook } from './playbook.js';
import { runStep } from './run-step.js';

/*
 * A small engine to try the daemon with. It runs the commands of a playbook, and behaves as the public engine of today does:
 * it exits with 0 for a play that failed, with 1 and without a word for a playbook that can't be read, and with 0 at once when
 * it is asked to end.
 */
const { PlayStatus, TaskStatus } = spage.core;
const { playbook, daemon, playId, variables } = readArguments(process.argv.slice(2));
process.on('SIGTERM', () => process.exit(0));

const steps = readPlaybook(playbook);
const reporter = daemon === undefined ? undefined : new PlayReporter(daemon, playId);
reporter?.play(PlayStatus.PLAY_STATUS_PENDING, 'Play started');
const problem = await runAll();
if (problem === '') reporter?.play(PlayStatus.PLAY_STATUS_COMPLETED, 'Play completed');
else reporter?.play(PlayStatus.PLAY_STATUS_FAILED, 'Play failed', problem);
await reporter?.close();
process.exit(0);

/** Why the play failed; '' = it did not. */
async function runAll(): Promise<string> {
  for (const [id, step] of steps.entries()) {
    const error = await runOne(id, step);
    if (error !== '' && !step.ignoreErrors) return `${step.name}: ${error}`;
  }
  return '';
}

async function runOne(id: number, step: PlaybookStep): Promise<string> {
  const taskName = step.name;
  reporter?.step(id, { taskName, status: TaskStatus.TASK_STATUS_RUNNING, startedAt: now() });
  if (step.skip) {
    reporter?.step(id, { taskName, status: TaskStatus.TASK_STATUS_SKIPPED, completedAt: now() });
    return '';
  }
  const { succeeded, output } = await runStep(step, variables);
  const error = succeeded ? '' : `${step.ignoreErrors ? 'ignored: ' : ''}the command failed`;
  const status = succeeded ? TaskStatus.TASK_STATUS_COMPLETED : TaskStatus.TASK_STATUS_FAILED;
  reporter?.step(id, { taskName, status, output, error, completedAt: now() });
  return error;
}
