import { type ChangedTask, invalidField } from '@boomerang/domain';
import { fireTask } from '../../../operations/tasks/fire-task.js';
import { rescheduleTask } from '../../../operations/tasks/reschedule-task.js';
import { setPaused } from '../../../operations/tasks/set-paused.js';
import { durationFromJson } from '../json/duration.js';
import { payloadFromJson } from '../json/payload-from-json.js';
import { requireSchema } from '../json/require-schema.js';
import { ChangedJson, PausedJson, RescheduleJson } from '../json/schemas.js';
import { timeToJson } from '../json/task-to-json.js';
import { timeFromJson } from '../json/time-from-json.js';
import type { Route } from '../route.js';

const requireChange = requireSchema(RescheduleJson);

const reschedule: Route = {
  method: 'PATCH',
  path: '/v1/tasks/:id',
  name: 'rescheduleTask',
  summary: "Moves a task's next occurrence, and changes its interval and its payload, each if it is given.",
  body: RescheduleJson,
  status: 200,
  answer: ChangedJson,
  async handle({ perform }, { caller, params, address, body, raw }) {
    const { delay, at, repeatInterval, newPhase = false, ...json } = requireChange(body);
    const hasPayload = [json.json, json.text, json.base64].some((one) => one !== undefined);
    const request = {
      taskId: params.id ?? '',
      delayMs: delay === undefined ? undefined : durationFromJson('delayMs', delay),
      atMs: at === undefined ? undefined : timeFromJson('atMs', at),
      repeatIntervalMs:
        repeatInterval === undefined ? undefined : durationFromJson('repeatIntervalMs', repeatInterval),
      payload: hasPayload ? payloadFromJson(json, raw).bytes : undefined,
      newPhase,
    };
    const changed = await perform(rescheduleTask, () => caller, request, undefined, address);
    return { status: 200, body: changedToJson(changed) };
  },
};

function changedToJson({ occurrence, dueMs }: ChangedTask) {
  return { occurrence, dueAt: timeToJson(dueMs) };
}

function pauseOrResume(name: 'pause' | 'resume', summary: string): Route {
  return {
    method: 'POST',
    path: `/v1/tasks/:id/${name}`,
    name: `${name}Task`,
    summary,
    status: 200,
    answer: PausedJson,
    async handle({ perform }, { caller, params, address, body }) {
      requireNoBody(body);
      const request = { taskId: params.id ?? '', paused: name === 'pause' };
      const changed = await perform(setPaused, () => caller, request, undefined, address);
      return { status: 200, body: { ...changedToJson(changed), attemptUnderWay: changed.attemptUnderWay } };
    },
  };
}

const fire: Route = {
  method: 'POST',
  path: '/v1/tasks/:id/fire',
  name: 'fireTask',
  summary: 'Fires a task now; of a recurring one an occurrence more, beside its schedule.',
  status: 200,
  answer: ChangedJson,
  async handle({ perform }, { caller, params, address, body }) {
    requireNoBody(body);
    const changed = await perform(fireTask, () => caller, params.id ?? '', undefined, address);
    return { status: 200, body: changedToJson(changed) };
  },
};

/** What is not read is not accepted either: who sends a delay with it would believe that it counts. */
function requireNoBody(body: unknown): void {
  if (body === undefined || body === null) return;
  const [field] = Object.keys(body);
  if (field !== undefined) throw invalidField(field, 'it is not known here', 'no body, or {}');
}

export const changeRoutes: readonly Route[] = [
  reschedule,
  pauseOrResume('pause', 'Pauses a task: no attempt is begun until it is resumed.'),
  pauseOrResume('resume', 'Lets a paused task go on; what a recurring one missed is left out.'),
  fire,
];
