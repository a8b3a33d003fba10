/** Posts to a receiver in a loop, with the worker's own HTTP client or with undici, and tells the CPU that it took. */
import { AddressGuard } from '@boomerang/address-guard';
import { Agent, request } from 'undici';
import {
  AnswerParser,
  type HttpAnswer,
} from '../../../../services/worker/dist/transports/http/answer/answer-parser.js';
import {
  encodeRequest,
  httpTargetOf,
} from '../../../../services/worker/dist/transports/http/http-request.js';
import { ConnectionPool } from '../../../../services/worker/dist/transports/shared/connection-pool.js';
import { serve } from './rpc.js';

export interface PostLoop {
  readonly url: string;
  readonly count: number;
  readonly inFlight: number;
}

const TIMEOUT_MS = 10_000;
const BODY = Buffer.alloc(200, 7);
/** Those of a callback. */
const HEADERS = {
  'content-type': 'application/x-protobuf',
  'user-agent': 'boomerang',
  'boomerang-client-id': 'shop',
  'boomerang-task-id': '01a20195-d96f-7000-b7d2-2e3b4a4e0b72',
  'boomerang-occurrence': '1',
  'boomerang-attempt': '1',
  'boomerang-scheduled-time-ms': '1795305600000',
};

const pool = new ConnectionPool<HttpAnswer, { kind: 'answered'; status: number }>(
  {
    guard: new AddressGuard(['127.0.0.0/8']),
    callbackConnectTimeoutMs: TIMEOUT_MS,
    callbackIdleMs: TIMEOUT_MS,
  },
  () => new AnswerParser(),
);

/** Makes a function that makes one POST; anything but 200 is thrown. */
const clients = {
  own(url: string) {
    const target = httpTargetOf(url);
    return async () => {
      const result = await pool.exchange(target, {
        request: encodeRequest(target, HEADERS, BODY),
        objection: () => undefined,
        endsAt: performance.now() + TIMEOUT_MS,
        judge: ({ status }) => ({ kind: 'answered', status }),
      });
      if (result.kind !== 'answered' || result.status !== 200) throw new Error(JSON.stringify(result));
    };
  },
  undici(url: string) {
    const dispatcher = new Agent({ pipelining: 1, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    return async () => {
      const { statusCode, body } = await request(url, {
        dispatcher,
        method: 'POST',
        headers: HEADERS,
        body: BODY,
      });
      await body.arrayBuffer();
      if (statusCode !== 200) throw new Error(`status ${statusCode}`);
    };
  },
};

/** CPU of this process, user and system, µs per POST. */
async function cpuPerPost(post: () => Promise<void>, { count, inFlight }: PostLoop): Promise<number> {
  let begun = 0;
  const before = process.cpuUsage();
  const loop = async () => {
    while (begun++ < count) await post();
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const methods = {
  own: (loop: PostLoop) => cpuPerPost(clients.own(loop.url), loop),
  undici: (loop: PostLoop) => cpuPerPost(clients.undici(loop.url), loop),
};
export type PosterMethods = typeof methods;
serve(methods);
