import { spawn } from 'node:child_process';
import type { PlaybookStep } from './playbook.js';

export interface StepOutcome {
  readonly succeeded: boolean;
  readonly output: string;
}

/** Runs a step with the shell, and writes what it writes. */
export function runStep(
  { shell }: PlaybookStep,
  variables: Readonly<Record<string, string>>,
): Promise<StepOutcome> {
  const child = spawn('/bin/sh', ['-c', shell], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      process.stdout.write(text);
    });
  }
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ succeeded: false, output: error.message }));
    child.once('close', (code) => resolve({ succeeded: code === 0, output }));
  });
}
