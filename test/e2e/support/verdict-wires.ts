import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type CallbackHandler,
  type CallbackVerdict,
  createGrpcReceiver,
  createTcpReceiver,
  createUdpReceiver,
  type SessionOptions,
} from '@boomerang/client';
import { boomerang, decodeEnvelope, encodeEnvelope } from '@boomerang/protocol';

/** All that a receiver can say. */
export type Verdict = 'done' | 'retry' | 'retry after 1 s' | 'dead-letter' | 'stop';

export interface Seen {
  readonly taskId: string;
  readonly occurrence: number;
  readonly attempt: number;
  /** Monotonic ms. */
  readonly at: number;
}

/** A receiver that answers each callback as `choose` says, in the words of its wire. */
export interface VerdictReceiver {
  readonly callback: NonNullable<SessionOptions['callback']>;
  readonly seen: readonly Seen[];
  close(): Promise<void>;
}

export type Choose = (text: string, seen: Seen) => Verdict;

/** The ways to say a verdict. */
export const VERDICT_WIRES: readonly [name: string, open: (choose: Choose) => Promise<VerdictReceiver>][] = [
  ['HTTP, by status', (choose) => openHttp(choose, BY_STATUS)],
  ['HTTP, by header', (choose) => openHttp(choose, BY_HEADER)],
  ['HTTP, by envelope', (choose) => openHttp(choose, BY_ENVELOPE)],
  ['gRPC', (choose) => openByClient(choose, 'GRPC', createGrpcReceiver)],
  ['TCP', (choose) => openByClient(choose, 'TCP', createTcpReceiver)],
  ['UDP with acks', (choose) => openByClient(choose, 'UDP', createUdpReceiver)],
];

interface HttpWords {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly response?: boomerang.CallbackResponse.$Properties;
}

const BY_STATUS: Record<Verdict, HttpWords> = {
  done: { status: 204 },
  retry: { status: 500 },
  'retry after 1 s': { status: 503, headers: { 'retry-after': '1' } },
  'dead-letter': { status: 410 },
  stop: { status: 410 },
};

const said = (verdict: string, more = {}) => ({
  status: 200,
  headers: { 'boomerang-verdict': verdict, ...more },
});
const BY_HEADER: Record<Verdict, HttpWords> = {
  done: { status: 200 },
  retry: said('retry'),
  'retry after 1 s': said('retry', { 'retry-after': '1' }),
  'dead-letter': said('dead-letter'),
  stop: said('stop'),
};

const { Status } = boomerang;
const { Verdict: WireVerdict } = boomerang.CallbackResponse;
/** What receivers on every wire that carries envelopes say. */
const RESPONSES: Record<Verdict, boomerang.CallbackResponse.$Properties> = {
  done: { status: Status.OK },
  retry: { status: Status.ERROR },
  'retry after 1 s': { status: Status.ERROR, verdict: WireVerdict.RETRY, retryAfterMs: 1_000 },
  'dead-letter': { verdict: WireVerdict.DEAD_LETTER },
  stop: { verdict: WireVerdict.STOP_RECURRENCE },
};
const BY_ENVELOPE = Object.fromEntries(
  Object.entries(RESPONSES).map(([verdict, response]) => [verdict, { status: 200, response }]),
) as unknown as Record<Verdict, HttpWords>;

async function openHttp(choose: Choose, words: Record<Verdict, HttpWords>): Promise<VerdictReceiver> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const verdict = take(Buffer.concat(chunks), seen, choose);
      const { status, headers = {}, response: said } = words[verdict];
      response.writeHead(status, headers);
      response.end(said ? encodeEnvelope({ callbackResponse: said }) : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    callback: { protocol: 'HTTP', endpoint: `http://127.0.0.1:${port}/` },
    seen,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What handlers of the client package return. */
const RETURNED: Record<Verdict, CallbackVerdict> = {
  done: 'OK',
  retry: { error: 'not now' },
  'retry after 1 s': { error: 'not now', retryAfterMs: 1_000 },
  'dead-letter': { deadLetter: 'never' },
  stop: { stop: true },
};

async function openByClient(
  choose: Choose,
  protocol: 'GRPC' | 'TCP' | 'UDP',
  create: (options: { onCallback: CallbackHandler }) => Promise<{ endpoint: string; close(): Promise<void> }>,
): Promise<VerdictReceiver> {
  const seen: Seen[] = [];
  const { endpoint, close } = await create({
    onCallback: (callback) => RETURNED[note(callback, seen, choose)],
  });
  const callback = protocol === 'UDP' ? { protocol, endpoint, acked: true } : { protocol, endpoint };
  return { callback, seen, close };
}

/** Notes a callback that came as an envelope, and says what it is to be answered with. */
function take(envelope: Buffer, seen: Seen[], choose: Choose): Verdict {
  const { callbackRequest } = decodeEnvelope(envelope);
  if (!callbackRequest) throw new Error('a callback that is none');
  return note(callbackRequest, seen, choose);
}

type Told = Pick<boomerang.CallbackRequest.$Properties, 'taskId' | 'payload' | 'occurrence' | 'attempt'>;

function note(callback: Told, seen: Seen[], choose: Choose): Verdict {
  const { taskId, payload, occurrence, attempt } = callback;
  const arrival = {
    taskId: taskId ?? '',
    occurrence: occurrence ?? 0,
    attempt: attempt ?? 0,
    at: performance.now(),
  };
  seen.push(arrival);
  return choose(Buffer.from(payload ?? []).toString(), arrival);
}
