import { type spage, spageExecutionService } from '@boomerang/protocol';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';

type PlayUpdate = spage.core.PlayProgressUpdate.$Properties;
type StepUpdate = spage.core.TaskProgressUpdate.$Properties;

const { streamPlayProgress, streamTaskProgress } = spageExecutionService;

/** Reports as the public engine of today does: one stream for the play, one for its steps. */
export class PlayReporter {
  readonly #client: Client;
  readonly #play: ClientDuplexStream<PlayUpdate, PlayUpdate>;
  readonly #steps: ClientDuplexStream<StepUpdate, StepUpdate>;

  constructor(
    daemon: string,
    private readonly playId: string,
  ) {
    this.#client = new Client(daemon, credentials.createInsecure());
    const { path, requestSerialize, responseDeserialize } = streamPlayProgress;
    this.#play = this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
    const steps = streamTaskProgress;
    this.#steps = this.#client.makeBidiStreamRequest(
      steps.path,
      steps.requestSerialize,
      steps.responseDeserialize,
    );
    for (const stream of [this.#play, this.#steps]) {
      // A daemon that isn't there stops no play.
      stream.on('error', () => undefined);
      stream.resume();
    }
  }

  play(status: number, output: string, error = ''): void {
    this.#play.write({ playId: this.playId, status, output, error, timestamp: now() });
  }

  step(taskId: number, result: Omit<spage.core.StepResult.$Properties, 'taskId'>): void {
    this.#steps.write({ playId: this.playId, taskId, result: { taskId, ...result }, timestamp: now() });
  }

  /** Resolves when the daemon has read everything, or isn't there. */
  async close(): Promise<void> {
    await Promise.all([ended(this.#play), ended(this.#steps)]);
    this.#client.close();
  }
}

function ended<Update>(stream: ClientDuplexStream<Update, Update>): Promise<void> {
  return new Promise((resolve) => {
    stream.once('end', () => resolve()).once('error', () => resolve());
    stream.end();
  });
}

export function now(): { seconds: number; nanos: number } {
  const ms = Date.now();
  return { seconds: Math.floor(ms / 1_000), nanos: (ms % 1_000) * 1_000_000 };
}
