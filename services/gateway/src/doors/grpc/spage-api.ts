import { BoomerangError, type Caller } from '@boomerang/domain';
import { type spage, spageApiService } from '@boomerang/protocol';
import { sampleMetrics } from '@boomerang/runtime';
import type { Server } from '@grpc/grpc-js';
import type { Registry } from 'prom-client';
import type { Authentication } from '../../operations/authentication/authentication.js';
import { cancelExecution, cancelExecutions } from '../../operations/executions/cancel-execution.js';
import { getExecution, getExecutions } from '../../operations/executions/get-execution.js';
import { getExecutionOutput } from '../../operations/executions/get-execution-output.js';
import { listExecutions } from '../../operations/executions/list-executions.js';
import { submitExecution } from '../../operations/executions/submit-execution.js';
import { submitExecutions } from '../../operations/executions/submit-executions.js';
import type { Operation } from '../../operations/operation.js';
import type { Perform } from '../../operations/perform.js';
import type { Asker } from './asker.js';
import { authenticateToWire, bearerOf, validateToWire } from './authentication-on-wire.js';
import {
  executionToWire,
  resultsToWire,
  submissionFromWire,
  submissionsFromWire,
  timestamp,
} from './executions-on-wire.js';
import { tolerant } from './readable.js';
import { errorToSpage } from './status.js';
import { type StreamDependencies, streamEvents } from './stream-events.js';
import { type CallContext, type CallDependencies, unary } from './unary.js';

type Api = typeof spage.api;

export interface SpageApiDependencies
  extends CallDependencies,
    Omit<StreamDependencies, 'authenticate' | 'stillGood'> {
  readonly perform: Perform;
  readonly authentication: Authentication;
  readonly prometheus: Registry;
  /** Why the gateway can't serve requests now; undefined if it can. */
  readonly trouble: () => Promise<string | undefined>;
}

/** Codes of errors about the caller's task: these are put into the answer, and the call itself succeeds. */
const ABOUT_THE_TASK: ReadonlySet<string> = new Set([
  'invalid_request',
  'not_found',
  'already_ended',
  'conflict',
  'key_reused',
]);

/** Adds `spage.api.SpageAPI` to a server; its full name. */
export function addSpageApi(server: Server, deps: SpageApiDependencies): string {
  const { perform, authentication, prometheus, trouble } = deps;
  const callerOf = async ({ metadata, address, certificate }: Asker): Promise<Caller> =>
    authentication.callerOf({ key: bearerOf(metadata), address, certificate });

  /** Performs an operation for the caller of a call; an error about the caller's task goes into the answer. */
  async function ask<Request, Answer, Response>(
    operation: Operation<Request, Answer>,
    context: CallContext,
    request: () => Request,
    toWire: (answer: Answer) => Response,
  ): Promise<Response | { success: false; error: spage.core.Error.$Properties }> {
    // The request is decoded only after the caller was authenticated.
    const run: Operation<undefined, Answer>['run'] = async (stores, caller) =>
      operation.run(stores, caller, request());
    try {
      return toWire(
        await perform(
          { ...operation, run },
          () => callerOf(context),
          undefined,
          context.time,
          context.address,
        ),
      );
    } catch (thrown) {
      const error = BoomerangError.from(thrown);
      if (!ABOUT_THE_TASK.has(error.code)) throw thrown;
      return { success: false, error: errorToSpage(error) };
    }
  }

  server.addService(tolerant(spageApiService), {
    submitTask: unary('SubmitTask', deps, (request: InstanceType<Api['SubmitTaskRequest']>, context) =>
      ask(
        submitExecution,
        context,
        () => submissionFromWire(request),
        ({ name }) => ({ success: true, taskId: name }),
      ),
    ),
    getTaskStatus: unary(
      'GetTaskStatus',
      deps,
      ({ taskId }: InstanceType<Api['GetTaskStatusRequest']>, context) =>
        ask(
          getExecution,
          context,
          () => taskId,
          (task) => ({ task: executionToWire(task) }),
        ),
    ),
    cancelTask: unary(
      'CancelTask',
      deps,
      ({ taskId, reason }: InstanceType<Api['CancelTaskRequest']>, context) =>
        ask(
          cancelExecution,
          context,
          () => ({ name: taskId, reason }),
          () => ({ success: true }),
        ),
    ),
    submitTasks: unary('SubmitTasks', deps, (request: InstanceType<Api['SubmitTasksRequest']>, context) =>
      ask(
        submitExecutions,
        context,
        () => submissionsFromWire(request),
        (tasks) => ({ results: resultsToWire(tasks, ({ name }) => ({ success: true, taskId: name })) }),
      ),
    ),
    getTaskStatuses: unary(
      'GetTaskStatuses',
      deps,
      ({ taskIds }: InstanceType<Api['GetTaskStatusesRequest']>, context) =>
        ask(
          getExecutions,
          context,
          () => taskIds,
          (tasks) => ({ results: resultsToWire(tasks, (task) => ({ task: executionToWire(task) })) }),
        ),
    ),
    cancelTasks: unary('CancelTasks', deps, ({ tasks }: InstanceType<Api['CancelTasksRequest']>, context) =>
      ask(
        cancelExecutions,
        context,
        () => tasks.map(({ taskId, reason }) => ({ name: taskId ?? '', reason: reason ?? '' })),
        (outcomes) => ({ results: resultsToWire(outcomes, () => ({ success: true })) }),
      ),
    ),
    listTasks: unary('ListTasks', deps, (request: InstanceType<Api['ListTasksRequest']>, context) =>
      ask(
        listExecutions,
        context,
        () => request,
        ({ tasks, total }) => ({ tasks: tasks.map(executionToWire), total }),
      ),
    ),
    getTaskOutput: unary(
      'GetTaskOutput',
      deps,
      ({ taskId, occurrence, attempt, fromSequence }: InstanceType<Api['GetTaskOutputRequest']>, context) =>
        ask(
          getExecutionOutput,
          context,
          () => ({ name: taskId, occurrence, attempt, fromSequence }),
          (output) => ({ ...output, pieces: [...output.pieces] }),
        ),
    ),
    streamEvents: streamEvents({
      ...deps,
      authenticate: callerOf,
      stillGood: (metadata, caller) => authentication.stillGood(bearerOf(metadata), caller),
    }),
    authenticate: unary('Authenticate', deps, (request: InstanceType<Api['AuthRequest']>, asker) =>
      authenticateToWire(authentication, request, asker),
    ),
    validateToken: unary('ValidateToken', deps, ({ token }: InstanceType<Api['ValidateTokenRequest']>) =>
      validateToWire(authentication, token),
    ),
    healthCheck: unary('HealthCheck', deps, async () => {
      const reason = await trouble();
      return {
        status: reason === undefined ? 'healthy' : 'unhealthy',
        message: reason ?? 'all is well',
        details: { redis: reason ?? 'ok' },
        timestamp: timestamp(Date.now()),
      };
    }),
    getMetrics: unary('GetMetrics', deps, async (_request: object, context) => {
      await callerOf(context);
      return { ...(await sampleMetrics(prometheus)), timestamp: timestamp(Date.now()) };
    }),
  });
  return 'spage.api.SpageAPI';
}
