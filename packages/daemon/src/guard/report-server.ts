import { type spage, spageExecutionService } from '@boomerang/protocol';
import { type handleBidiStreamingCall, type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import { finalFromWire, stepFromProgress, stepFromWire } from '../runs/step-from-wire.js';
import type { EngineReport } from './guard-messages.js';

type Hear = (report: EngineReport | undefined) => void;

export interface ReportServer {
  /** Listens on loopback, and resolves with the address. */
  start(hear: (report: EngineReport) => void): Promise<string>;
  openStreams(): number;
}

/** A step's output comes whole in one message. */
const MOST_MESSAGE_BYTES = 64 * 1_048_576;

/**
 * Takes what one engine reports, in the place of the daemon: an engine opens its streams once and never again, so they have to
 * outlive the daemon. Whatever play or task is named, it is this engine's.
 */
export function createReportServer(): ReportServer {
  const server = new Server({
    'grpc.max_receive_message_length': MOST_MESSAGE_BYTES,
    'grpc.enable_channelz': 0,
  });
  let open = 0;

  function listening<Message>(hear: (message: Message) => void): handleBidiStreamingCall<Message, Message> {
    return (call) => {
      open += 1;
      let over = false;
      const end = () => {
        if (!over) open -= 1;
        over = true;
      };
      call.on('data', hear);
      call.on('error', end);
      call.on('cancelled', end);
      call.on('end', () => {
        end();
        call.end();
      });
    };
  }

  function addServices(hear: Hear): void {
    const { healthCheck, registerTask, registerPlay, registerPlayCompletion, ...service } =
      spageExecutionService;
    const { streamPlayProgress, streamTaskProgress, streamProgress } = service;
    const handled = { healthCheck, registerTask, registerPlay, registerPlayCompletion };
    server.addService(
      { ...handled, streamPlayProgress, streamTaskProgress, streamProgress },
      {
        healthCheck: answer(() => ({ status: 'healthy', message: 'the engine is watched over' })),
        registerTask: answer(({ taskId }: spage.core.RegisterTaskRequest) => ({ success: true, taskId })),
        registerPlay: answer(({ playId }: spage.core.RegisterPlayRequest) => ({ success: true, playId })),
        registerPlayCompletion: answer(({ status, error }: spage.core.RegisterPlayCompletionRequest) => {
          hear(finalReport(status, error));
          return { success: true };
        }),
        streamPlayProgress: listening(({ status, error }: spage.core.PlayProgressUpdate) =>
          hear(finalReport(status, error)),
        ),
        streamTaskProgress: listening((update: spage.core.TaskProgressUpdate) =>
          hear(stepReport(stepFromWire(update))),
        ),
        streamProgress: listening((update: spage.core.ProgressUpdate) =>
          hear(stepReport(stepFromProgress(update))),
        ),
      },
    );
  }

  return {
    start(hear) {
      addServices((report) => report && hear(report));
      return new Promise((resolve, reject) => {
        server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
          error ? reject(error) : resolve(`127.0.0.1:${port}`),
        );
      });
    },
    openStreams: () => open,
  };
}

function answer<Request, Response>(make: (request: Request) => Response): handleUnaryCall<Request, Response> {
  return ({ request }, done) => done(null, make(request));
}

function finalReport(status: number, error: string): EngineReport | undefined {
  const final = finalFromWire(status, error);
  return final && { kind: 'final', final };
}

function stepReport(update: ReturnType<typeof stepFromWire>): EngineReport | undefined {
  return update && { kind: 'step', update };
}
