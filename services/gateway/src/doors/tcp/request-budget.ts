import { type DecodedEnvelope, MAX_FRAME_BYTES } from '@boomerang/protocol';

const MOST_REQUESTS = 4_096;
const MOST_BYTES = 16 * 1_048_576;

/** How much one connection may have in flight: requests, and the bytes that they and their answers may hold. */
export class RequestBudget {
  readonly #costs: number[] = [];
  #bytes = 0;

  get exhausted(): boolean {
    return this.#costs.length >= MOST_REQUESTS || this.#bytes >= MOST_BYTES;
  }

  /** @param frameBytes size of the request. */
  spend(request: DecodedEnvelope, frameBytes: number): void {
    const cost = frameBytes + mostAnswerBytes(request);
    this.#costs.push(cost);
    this.#bytes += cost;
  }

  /** The answer to the oldest request has been written. */
  refund(): void {
    this.#bytes -= this.#costs.shift() ?? 0;
  }
}

/** Requests whose answers may fill a frame. */
const LARGE_ANSWERS: ReadonlySet<string | undefined> = new Set<DecodedEnvelope['payload']>([
  'getTaskRequest',
  'listTasksRequest',
  'listDeadLettersRequest',
  'replayDeadLettersRequest',
  'purgeDeadLettersRequest',
]);

function mostAnswerBytes({ payload }: DecodedEnvelope): number {
  return LARGE_ANSWERS.has(payload) ? MAX_FRAME_BYTES : 256;
}
