/**
 * The service that one would write by hand: a delayed BullMQ job per task, and a BullMQ Worker that calls back with
 * undici. It registers by a function call, so its CPU per task has no wire in it.
 */
import { boomerang, decodeEnvelope, encodeEnvelope } from '@boomerang/protocol';
import { type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { Agent, request } from 'undici';
import { serve } from './rpc.js';
import { type Burst, burst, type OpenLoop, openLoop, type Register } from './workload.js';

const QUEUE = 'tasks';
const CONCURRENCY = 64;

interface TaskData {
  /** base64 */
  readonly payload: string;
}

export interface BaselineTarget {
  readonly redisUrl: string;
  readonly endpoint: string;
}

let queue: Queue<TaskData> | undefined;

async function start({ redisUrl, endpoint }: BaselineTarget): Promise<void> {
  queue = new Queue<TaskData>(QUEUE, { connection: new Redis(redisUrl, { maxRetriesPerRequest: null }) });
  const dispatcher = new Agent({ connections: CONCURRENCY, pipelining: 1 });
  const worker = new Worker<TaskData>(QUEUE, (job) => callBack(endpoint, dispatcher, job), {
    connection: new Redis(redisUrl, { maxRetriesPerRequest: null }),
    concurrency: CONCURRENCY,
  });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
}

async function callBack(endpoint: string, dispatcher: Agent, job: Job<TaskData>): Promise<void> {
  const response = await request(endpoint, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: encodeEnvelope({
      callbackRequest: {
        taskId: job.id ?? '',
        payload: Buffer.from(job.data.payload, 'base64'),
        occurrence: 1,
        attempt: job.attemptsMade + 1,
        scheduledTimeMs: job.timestamp + (job.opts.delay ?? 0),
      },
    }),
  });
  const { callbackResponse } = decodeEnvelope(Buffer.from(await response.body.arrayBuffer()));
  const acknowledged = response.statusCode === 200 && callbackResponse?.status === boomerang.Status.OK;
  if (!acknowledged) throw new Error(`not acknowledged: HTTP status ${response.statusCode}`);
}

const register: Register = async (payload, delay) => {
  const retry = { attempts: 5, backoff: { type: 'fixed', delay: 1_000 } };
  const kept = { removeOnComplete: true, removeOnFail: true };
  await queue?.add('task', { payload: payload.toString('base64') }, { delay, ...retry, ...kept });
};

const methods = {
  start,
  burst: (load: Burst) => burst(register, load),
  openLoop: (load: OpenLoop) => openLoop(register, load),
};
export type BaselineMethods = typeof methods;
serve(methods);
