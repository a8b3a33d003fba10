import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** One step of a playbook. */
export interface PlaybookStep {
  readonly name: string;
  /** What the shell runs; it finds the variables in its environment. */
  readonly shell: string;
  /** Whether it is passed over. */
  readonly skip: boolean;
  /** Whether the play goes on when it fails. */
  readonly ignoreErrors: boolean;
}

/** Reads a YAML list of `{name, shell, when, ignore_errors}`. Throws if it is none. */
export function readPlaybook(file: string): PlaybookStep[] {
  const steps: unknown = parse(readFileSync(file, 'utf8'));
  if (!Array.isArray(steps)) throw new Error(`${file}: expected a list of steps`);
  return steps.map((step: Record<string, unknown>, i) => {
    if (typeof step?.shell !== 'string') throw new Error(`${file}: step ${i + 1}: expected shell, a text`);
    return {
      name: typeof step.name === 'string' ? step.name : step.shell,
      shell: step.shell,
      skip: step.when === false,
      ignoreErrors: step.ignore_errors === true,
    };
  });
}
