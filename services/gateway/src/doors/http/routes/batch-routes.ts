import { BoomerangError, type DeliveryPolicy } from '@boomerang/domain';
import { type Outcome, requireBatch } from '../../../operations/batch.js';
import { type BatchItem, registerTasks } from '../../../operations/tasks/register-tasks.js';
import { traceOf } from '../header-of.js';
import { idempotencyKeyOf } from '../idempotency-key.js';
import { rawElements, rawMember } from '../json/raw-member.js';
import {
  type PolicySources,
  registeredToJson,
  registrationFromJson,
} from '../json/registration-from-json.js';
import { requireSchema } from '../json/require-schema.js';
import { BatchItemJson, BatchJson, BatchRegisteredJson } from '../json/schemas.js';
import { problemOf } from '../problem.js';
import type { ApiBackend, Asked, Route } from '../route.js';

const requireBatchBody = requireSchema(BatchJson);
const requireItem = requireSchema(BatchItemJson);

const registerBatch: Route = {
  method: 'POST',
  path: '/v1/tasks/batch',
  name: 'registerTasks',
  summary:
    'Registers up to 1,000 tasks, and answers one by one in their order: one that is refused leaves the others alone.',
  body: BatchJson,
  status: 200,
  answer: BatchRegisteredJson,
  async handle(backend, asked) {
    const { tasks } = requireBatchBody(asked.body);
    // Before so many callbacks are looked at.
    requireBatch('tasks', tasks);
    const texts = rawElements(rawMember(asked.raw, 'tasks') ?? '');
    const sources = {
      requireReachable: onceForEach(backend.requireReachable),
      policies: backend.policies.forOneRequest(),
    };
    const items: Outcome<BatchItem>[] = [];
    for (const [n, task] of tasks.entries()) {
      items.push(await itemOf(sources, asked, { body: task, raw: texts[n] ?? '' }));
    }
    const outcomes = await backend.perform(
      registerTasks,
      () => asked.caller,
      items,
      undefined,
      asked.address,
    );
    const results = outcomes.map((one) =>
      one instanceof BoomerangError ? problemOf(one) : registeredToJson(one),
    );
    return { status: 200, body: { results } };
  },
};

async function itemOf(
  sources: PolicySources,
  asked: Asked,
  { body, raw }: { readonly body: unknown; readonly raw: string },
): Promise<Outcome<BatchItem>> {
  try {
    const { idempotencyKey, ...task } = requireItem(body);
    const { request, policy } = await registrationFromJson(sources, asked.caller, { body: task, raw });
    const traceparent = request.traceparent ?? traceOf(asked);
    const named = { ...request, idempotencyKey: idempotencyKeyOf(idempotencyKey), traceparent };
    return { policy, request: named };
  } catch (error) {
    if (error instanceof BoomerangError) return error;
    throw error;
  }
}

/** The tasks of a batch mostly have one callback, whose name has to be resolved only once. */
function onceForEach(requireReachable: ApiBackend['requireReachable']): ApiBackend['requireReachable'] {
  const checked = new Map<string, Promise<void>>();
  return (policy: DeliveryPolicy) => {
    const key = JSON.stringify(policy);
    const known = checked.get(key) ?? requireReachable(policy);
    checked.set(key, known);
    return known;
  };
}

export const batchRoutes: readonly Route[] = [registerBatch];
