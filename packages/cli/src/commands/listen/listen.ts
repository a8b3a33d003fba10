import type { CallbackVerdict, ReceivedCallback } from '@boomerang/client';
import { badOption } from '../../options.js';
import { formatTime, harmless, printJson, printLine } from '../../print.js';
import { aborted } from '../../stop-signal.js';
import { tell } from '../../tell.js';
import { parseVerdict } from './parse-verdict.js';
import { PROTOCOLS, type Protocol, receive } from './receive.js';

export interface ListenOptions {
  readonly protocol: string;
  readonly host: string;
  readonly port: string;
  /** What the callbacks are answered, one after the other; the last holds for all that follow. */
  readonly answer?: readonly string[];
  readonly secret?: readonly string[];
  /** Ends after so many. */
  readonly count?: string;
  readonly json?: boolean;
}

/** Prints callbacks as they come, and answers them as told, until the signal is aborted or so many have come. */
export async function listen(options: ListenOptions, signal: AbortSignal): Promise<void> {
  const protocol = PROTOCOLS.find((known) => known === options.protocol);
  if (!protocol) throw badOption('--protocol', options.protocol, PROTOCOLS.join(', '));
  const port = whole('--port', options.port, 0, 65_535);
  const most =
    options.count === undefined ? Number.POSITIVE_INFINITY : whole('--count', options.count, 1, 1e9);
  const verdicts = (options.answer ?? ['ok']).map((text) => parseVerdict('--answer', text));
  const enough = new AbortController();
  let seen = 0;

  const receiving = await receive(protocol, {
    ...{ host: options.host, port },
    ...(options.secret && { secrets: options.secret }),
    onCallback(callback) {
      const verdict = verdicts[Math.min(seen, verdicts.length - 1)] as CallbackVerdict;
      seen += 1;
      print(callback, protocol, verdict, options.json === true);
      // The answer goes out first.
      if (seen === most) setTimeout(() => enough.abort(), 100);
      return verdict;
    },
  });
  tell(`listening: register with --to ${receiving.url}`);
  await aborted(AbortSignal.any([signal, enough.signal]));
  await receiving.close();
}

function print(
  callback: ReceivedCallback,
  protocol: Protocol,
  verdict: CallbackVerdict,
  json: boolean,
): void {
  const { taskId, occurrence, attempt, payload, scheduledTimeMs, receivedAtMs, headers } = callback;
  const text = textOf(payload);
  const times = { scheduledAt: formatTime(scheduledTimeMs), receivedAt: formatTime(receivedAtMs) };
  const lateMs = Math.round(receivedAtMs - scheduledTimeMs);
  if (json) {
    const bytes = text === undefined ? { base64: Buffer.from(payload).toString('base64') } : { text };
    const what = { taskId, occurrence, attempt, ...times, lateMs, protocol, headers, ...bytes };
    printJson({ ...what, answer: describe(verdict) });
    return;
  }
  const cells = [
    ...[times.receivedAt, taskId, `occurrence ${occurrence}`, `attempt ${attempt}`, `${lateMs} ms late`],
    ...[describe(verdict), text === undefined ? `${payload.length} bytes` : harmless(text)],
  ];
  printLine(cells.join(process.stdout.isTTY ? '  ' : '\t'));
}

function textOf(payload: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
  } catch {
    return undefined;
  }
}

function describe(verdict: CallbackVerdict): string {
  if (typeof verdict !== 'object') return 'ok';
  const [kind = 'ok'] = Object.keys(verdict);
  return kind === 'deadLetter' ? 'dead-letter' : kind;
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  if (value >= least && value <= most) return value;
  throw badOption(option, text, `a whole number from ${least} to ${most}`);
}
