import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '@boomerang/runtime';
import { badOption } from '../../options.js';
import { printJson, printLine } from '../../print.js';
import type { RemoteOptions } from '../../remote/find-profile.js';
import { openRemote, type Remote } from '../../remote/remote.js';
import { type Forecast, renderTop, type Stats, topLine } from './render-top.js';

export interface TopOptions extends RemoteOptions {
  /** Of others than one's own, for who may administer. */
  readonly client?: string;
  /** Ends after so many. */
  readonly count?: string;
}

const EVERY_MS = 1_000;
/** Moves to the upper left corner and clears what is below. */
const REDRAW = '\u001b[H\u001b[J';
const CLEAR = '\u001b[2J';

/** Shows what happens and what is due, once a second, until the signal is aborted or it was shown so often. */
export async function top(env: Environment, options: TopOptions, signal: AbortSignal): Promise<void> {
  const remote = openRemote(env, options);
  const most = countOf(options.count);
  const live = process.stdout.isTTY && options.json !== true;
  for (let shown = 0; shown < most && !signal.aborted; shown += 1) {
    if (shown > 0) await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const [stats, forecast] = await look(remote, options.client);
    if (options.json) printJson({ ...stats, forecast });
    else if (live)
      process.stdout.write(`${shown === 0 ? CLEAR : ''}${REDRAW}${renderTop(remote.url, stats, forecast)}`);
    else printLine(topLine(stats, forecast));
  }
}

function look(remote: Remote, client: string | undefined): Promise<[Stats, Forecast]> {
  return Promise.all([
    remote.ask<Stats>({ method: 'GET', path: '/v1/stats', query: { client, seconds: 60, step: 10 } }),
    remote.ask<Forecast>({ method: 'GET', path: '/v1/forecast', query: { client, slot: '10s', slots: 6 } }),
  ]);
}

function countOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw badOption('--count', text, 'a whole number from 1');
}
