import type { Engine } from './engine.js';

/** Stands for an engine that was taken out of the configuration while it ran: only its exit code can be judged. */
export function engineThatIsGone(name: string): Engine {
  return {
    name,
    command: [],
    variables: [],
    env: {},
    cwd: undefined,
    folders: [],
    bundles: false,
    timeoutMs: 0,
    slots: Number.MAX_SAFE_INTEGER,
    verdict: 'exit_code',
  };
}
