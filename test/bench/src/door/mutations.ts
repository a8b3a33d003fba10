import { encodeFrame } from '@boomerang/protocol';
import { seededRandom } from '@boomerang/testkit';

type Random = (below: number) => number;

export interface Identity {
  readonly sessionId: string;
  readonly token: string;
}

/** Frames that were good once: of every kind of request, then bent. The same seed gives the same frames. */
export function* mutatedFrames(identity: Identity, seed: number): Generator<Buffer, never> {
  const uniform = seededRandom(seed);
  const random: Random = (below) => Math.floor(uniform() * below);
  const good = requests(identity).map(encodeFrame);
  for (;;) {
    const frame = Buffer.from(good[random(good.length)] as Buffer);
    const mutate = MUTATIONS[random(MUTATIONS.length)] as Mutation;
    yield mutate(frame, random, good);
  }
}

function requests({ sessionId, token }: Identity): Parameters<typeof encodeFrame>[0][] {
  const taskId = '0190d7a0-0000-7000-8000-000000000000';
  const callback = { protocol: 2, endpoint: 'http://example.com/cb' };
  return [
    { requestId: 7, authHandshake: { authToken: token, callback, retry: { maxAttempts: 3 }, dlq: {} } },
    { sessionId, registrationRequest: { payload: Buffer.from('payload'), delayMs: 3_600_000 } },
    { sessionId, registrationRequest: { delayMs: 3_600_000, repeatIntervalMs: 60_000 }, requestId: 9 },
    { sessionId, cancellationRequest: { taskId } },
    { sessionId, getTaskRequest: { taskId } },
    { sessionId, listTasksRequest: { limit: 10, scheduledAfter: 1, isRecurring: true, nextToken: 'x' } },
    { sessionId, sessionRefresh: {} },
    { sessionId, callbackResponse: {} },
  ];
}

type Mutation = (frame: Buffer, random: Random, good: readonly Buffer[]) => Buffer;

const HEADER_BYTES = 4;

/** All but the last keep the length true, so that what they bent is looked at. */
const MUTATIONS: readonly Mutation[] = [
  function flipBits(frame, random) {
    for (let flips = 1 + random(3); flips > 0; flips--) {
      const at = HEADER_BYTES + random(Math.max(1, frame.length - HEADER_BYTES));
      if (at < frame.length) frame[at] = (frame[at] as number) ^ (1 << random(8));
    }
    return frame;
  },
  function setBytes(frame, random) {
    for (let sets = 1 + random(4); sets > 0; sets--) {
      const at = HEADER_BYTES + random(Math.max(1, frame.length - HEADER_BYTES));
      if (at < frame.length) frame[at] = random(256);
    }
    return frame;
  },
  function cut(frame, random) {
    return reframed(frame.subarray(HEADER_BYTES, HEADER_BYTES + random(frame.length - HEADER_BYTES + 1)));
  },
  function splice(frame, random, good) {
    const other = good[random(good.length)] as Buffer;
    const head = frame.subarray(HEADER_BYTES, HEADER_BYTES + random(frame.length));
    return reframed(
      Buffer.concat([head, other.subarray(HEADER_BYTES + random(other.length - HEADER_BYTES))]),
    );
  },
  function repeat(frame, random) {
    return reframed(Buffer.concat(Array.from({ length: 2 + random(4) }, () => frame.subarray(HEADER_BYTES))));
  },
  function noise(_frame, random) {
    return reframed(Buffer.from(Array.from({ length: random(80) }, () => random(256))));
  },
  function lie(frame, random) {
    frame.writeUInt32BE(random(3) === 0 ? random(2 ** 32) : random(2 * frame.length), 0);
    return frame;
  },
];

function reframed(body: Buffer): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + body.length);
  frame.writeUInt32BE(body.length);
  frame.set(body, HEADER_BYTES);
  return frame;
}
