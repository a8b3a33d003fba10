import { parseArgs } from 'node:util';

export interface EngineArguments {
  readonly playbook: string;
  /** `host:port` of a daemon; undefined: nothing is reported. */
  readonly daemon: string | undefined;
  readonly playId: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Reads `run <playbook> [--daemon-grpc HOST:PORT] [--play-id ID] [-i INVENTORY] [-e KEY=VALUE]…`. Throws on anything else. */
export function readArguments(args: readonly string[]): EngineArguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      'daemon-grpc': { type: 'string' },
      'play-id': { type: 'string', default: '' },
      inventory: { type: 'string', short: 'i' },
      extra: { type: 'string', short: 'e', multiple: true, default: [] },
    },
  });
  const [verb, playbook, ...more] = positionals;
  if (verb !== 'run' || playbook === undefined || more.length > 0)
    throw new Error('usage: run <playbook> [options]');
  const pairs = values.extra.map((text) => [
    text.slice(0, text.indexOf('=')),
    text.slice(text.indexOf('=') + 1),
  ]);
  return {
    playbook,
    daemon: values['daemon-grpc'],
    playId: values['play-id'],
    variables: Object.fromEntries(pairs),
  };
}
