import type { Engine, Engines } from './engines/engine.js';
import { findExecutable } from './engines/find-executable.js';

/** What would run for which request, for people. */
export function describeEngines(engines: Engines, path: string | undefined): string {
  const types = [...engines.types].map(([type, engine]) => `type ${type}: engine ${engine}`);
  const others = `without engine or type: engine ${engines.byDefault}`;
  return [...types, others, ...[...engines.byName.values()].map((engine) => describe(engine, path))].join(
    '\n',
  );
}

function describe({ name, command, variables, ...engine }: Engine, path: string | undefined): string {
  const [program, ...rest] = command.map(({ source }) => source);
  const forEach = variables.length === 0 ? [] : [`[${variables.map(({ source }) => source).join(' ')}]…`];
  const words = [findExecutable(program ?? '', path), ...rest, ...forEach];
  return [
    `engine ${name}: ${words.join(' ')}`,
    `  files in: ${engine.folders.join(', ') || 'none'}${engine.bundles ? ', and bundles' : ''}`,
    `  at a time: ${engine.slots}; longest run: ${engine.timeoutMs === 0 ? 'any' : `${engine.timeoutMs} ms`}`,
    `  judged by: ${engine.verdict === 'message' ? 'its final message and its exit code' : 'its exit code'}`,
  ].join('\n');
}
