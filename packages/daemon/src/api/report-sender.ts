import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonLog } from '../log.js';
import type { Spool } from '../spool/spool.js';
import type { ApiRefusal } from './api-event.js';
import type { ApiLink } from './api-link.js';

const MOST_AT_A_TIME = 100;
const AGAIN_MS = 500;

/** Sends what is in the spool, in order, and takes it out once the API has carried it out. */
export class ReportSender {
  #sending = false;
  #closed = false;

  constructor(
    private readonly spool: Spool,
    private readonly link: ApiLink,
    private readonly log: DaemonLog,
  ) {}

  /** To be called when there is something new, or the link is up again. */
  wake(): void {
    if (this.#sending || this.#closed || !this.link.isUp) return;
    this.#sending = true;
    this.#sendAll()
      // Whatever was sent when the link broke is sent again: a report that came twice changes nothing.
      .catch(() => undefined)
      .finally(() => {
        this.#sending = false;
      });
  }

  /** Resolves when the API has everything, or the time is over. */
  async flushed(limitMs: number): Promise<void> {
    const until = performance.now() + limitMs;
    while (this.spool.length > 0 && performance.now() < until) await sleep(20);
  }

  close(): void {
    this.#closed = true;
  }

  async #sendAll(): Promise<void> {
    let most = MOST_AT_A_TIME;
    while (!this.#closed && this.spool.length > 0) {
      const reports = this.spool.first(most);
      const refusals = await this.link.ask(reports.map(({ report }) => report));
      const last = reports.at(-1);
      if (!last) return;
      if (refusals.length === 0) {
        this.spool.taken(last.sequence);
        most = MOST_AT_A_TIME;
      } else if (refusals.some(canBeRepeated)) await sleep(AGAIN_MS);
      // Which of several was refused isn't told: one by one it is known.
      else if (reports.length > 1) most = 1;
      else {
        await this.#giveUp(last, refusals[0] as ApiRefusal);
      }
    }
  }

  /** The API will never take it. Of how a run ended the bare fact is told then. */
  async #giveUp({ sequence, kind, report }: ReturnType<Spool['first']>[number], refusal: ApiRefusal) {
    this.log.reportRefused(report.type, refusal.message);
    const { token = '', exit_code = '-1' } = report.data;
    const error = `what it had to report was refused: ${refusal.message}`.slice(0, 1_000);
    const bare = { type: report.type, data: { token, exit_code, error } };
    const refusedToo = kind === 'result' && (await this.link.ask([bare])).some(canBeRepeated);
    if (!refusedToo) this.spool.taken(sequence);
  }
}

/** Only what is wrong in itself stays wrong; a permission, for one, may be given back. */
function canBeRepeated({ code }: ApiRefusal): boolean {
  return code !== 'invalid_request';
}
