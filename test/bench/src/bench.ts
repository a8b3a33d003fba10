import type { Options } from './options.js';
import type { ReceiverMethods } from './processes/receiver-process.js';
import { type Peer, startPeer } from './processes/rpc.js';
import type { TallySummary } from './processes/tally.js';

/** What one run registered: what came back is held against it at the very end. */
interface Run {
  readonly name: string;
  readonly run: number;
  registered: number;
}

/** Tasks of one run that did not go there and back exactly once. */
export interface Fault {
  readonly name: string;
  readonly lost: number;
  readonly doubled: number;
  readonly early: number;
}

/** What all parts of the bench share: the receiver, and the account of what has to arrive. */
export class Bench {
  readonly #runs: Run[] = [];

  private constructor(
    readonly options: Options,
    readonly receiver: Peer<ReceiverMethods>,
    readonly endpoint: string,
  ) {}

  static async open(options: Options): Promise<Bench> {
    const receiver = startPeer<ReceiverMethods>('receiver');
    return new Bench(options, receiver, await receiver.call('url', undefined));
  }

  close(): Promise<void> {
    return this.receiver.stop();
  }

  newRun(name: string): Run {
    const run = { name, run: this.#runs.length + 1, registered: 0 };
    this.#runs.push(run);
    return run;
  }

  summary(run: number): Promise<TallySummary> {
    return this.receiver.call('summary', run);
  }

  /** Empty when every task that was registered arrived exactly once and none was early. */
  async faults(): Promise<Fault[]> {
    const faults = await Promise.all(
      this.#runs.map(async ({ name, run, registered }) => {
        const { received, doubled, early } = await this.summary(run);
        return { name, lost: registered - received, doubled, early };
      }),
    );
    return faults.filter(({ lost, doubled, early }) => lost !== 0 || doubled > 0 || early > 0);
  }
}
