import { existsSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootNowMs } from './boot-clock.js';
import { writeEndFile } from './end-file.js';
import { EngineProcess } from './engine-process.js';
import {
  type EngineEnd,
  type EngineReport,
  type FromGuard,
  type GuardOrder,
  RUN_FILES,
  type ToGuard,
} from './guard-messages.js';
import { readJsonLines, writeJsonLine } from './json-lines.js';
import { leaseMargins } from './lease-margins.js';
import { OutputKeeper } from './output-keeper.js';
import { ReportKeeper } from './report-keeper.js';

const LOOK_EVERY_MS = 50;
const READ_EVERY_MS = 50;
const WRITE_AGAIN_MS = 1_000;
const LAST_WORDS_MS = 2_000;
const FIRST_VISIT_MS = 5_000;

/**
 * Watches over one engine, whatever becomes of the daemon: ends it when its lease ends, or its time is over. It goes when how
 * the engine ended is on the disk and no daemon is there, or the daemon says so.
 */
export class Guard {
  readonly #engine: EngineProcess;
  readonly #output: OutputKeeper;
  readonly #timeoutAtMs: number;
  readonly #server: Server;
  readonly #daemons = new Set<Socket>();
  readonly #readers = new Map<Socket, number>();
  readonly #hearers = new Map<Socket, number>();
  readonly #reports = new ReportKeeper();
  #leaseEndsMs: number;
  #end: EngineEnd | undefined;
  #endOnDisk = false;
  #wasVisited = false;

  /**
   * @param openStreams how many streams the engine reports on.
   * @param gone is called when the guard may go.
   */
  constructor(
    private readonly order: GuardOrder,
    private readonly openStreams: () => number,
    private readonly gone: () => void,
  ) {
    this.#output = new OutputKeeper(join(order.folder, RUN_FILES.output), order.outputFileBytes);
    this.#engine = new EngineProcess(order, this.#output, (end) => void this.#ended(end));
    this.#leaseEndsMs = order.leaseEndsMs;
    this.#timeoutAtMs = order.timeoutMs === 0 ? Number.POSITIVE_INFINITY : bootNowMs() + order.timeoutMs;
    this.#server = createServer((daemon) => this.#serve(daemon));
  }

  /** Resolves when daemons can connect. */
  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(join(this.order.folder, RUN_FILES.socket), resolve);
    });
  }

  /** @param address that the engine reports to. */
  start(address: string): void {
    // The daemon, or this process, may have slept since the lease began: somebody else may have it by now.
    if (this.#leaseIsOver(bootNowMs())) this.#engine.skip('lease');
    else this.#engine.start(address);
    setInterval(() => this.#look(), LOOK_EVERY_MS);
    setInterval(() => this.#answerReaders(), READ_EVERY_MS);
  }

  /** What the engine says of its play. */
  hear(report: EngineReport): void {
    this.#reports.add(report);
  }

  /** Ends the engine because the guard itself can't go on. */
  abandon(): void {
    this.#engine.end('lost', 0);
  }

  #look(): void {
    if (this.#end) return;
    const now = bootNowMs();
    if (now >= this.#timeoutAtMs) this.#engine.end('timeout');
    const { killMs } = leaseMargins(this.order.leaseMs);
    if (this.#leaseIsOver(now)) this.#engine.end('lease', this.#leaseEndsMs - killMs);
  }

  /** Whether it is time to end the engine for it. */
  #leaseIsOver(now: number): boolean {
    const { leaseMs } = this.order;
    return leaseMs > 0 && now >= this.#leaseEndsMs - leaseMargins(leaseMs).askMs;
  }

  #serve(daemon: Socket): void {
    this.#daemons.add(daemon);
    this.#wasVisited = true;
    daemon.on('error', () => undefined);
    daemon.once('close', () => {
      this.#daemons.delete(daemon);
      this.#readers.delete(daemon);
      this.#hearers.delete(daemon);
      this.#leave();
    });
    readJsonLines<ToGuard>(daemon, (message) => this.#hear(daemon, message));
    this.#tell(daemon, { type: 'started', startedAtMs: this.#engine.startedAtMs });
    if (this.#end) this.#tell(daemon, { type: 'ended', end: this.#end });
  }

  #hear(daemon: Socket, message: ToGuard): void {
    if (message.type === 'extend') this.#leaseEndsMs = Math.max(this.#leaseEndsMs, message.leaseEndsMs);
    else if (message.type === 'end') this.#engine.end(message.cause, bootNowMs() + message.graceMs);
    else if (message.type === 'read') this.#readers.set(daemon, message.offset);
    else if (message.type === 'hear') this.#hearers.set(daemon, message.from);
    else if (this.#end) this.gone();
  }

  #answerReaders(): void {
    for (const [daemon, wanted] of this.#readers) {
      const { offset, chunk } = this.#output.from(wanted);
      if (chunk.length === 0 && !this.#end) continue;
      this.#readers.delete(daemon);
      this.#tell(daemon, { type: 'output', offset, chunk: chunk.toString('base64') });
    }
    for (const [daemon, wanted] of this.#hearers) {
      const answer = this.#reports.from(wanted);
      if (answer.reports.length === 0) continue;
      this.#hearers.delete(daemon);
      this.#tell(daemon, { type: 'reports', ...answer });
    }
  }

  /** What the engine has sent last is read although it is gone. */
  async #ended(engineEnd: EngineEnd): Promise<void> {
    const until = performance.now() + LAST_WORDS_MS;
    while (this.openStreams() > 0 && performance.now() < until) await sleep(10);
    const { final } = this.#reports;
    const end = { ...engineEnd, reports: this.#reports.count, ...(final && { final }) };
    this.#end = end;
    this.#write(end);
    for (const daemon of this.#daemons) this.#tell(daemon, { type: 'ended', end });
    this.#leave();
  }

  /** Until it is on the disk, nobody but this process knows it. */
  #write(end: EngineEnd): void {
    const { folder } = this.order;
    // Without its folder nobody finds this guard any more: there is nobody to keep it for.
    this.#endOnDisk = writeEndFile(join(folder, RUN_FILES.end), end) || !existsSync(folder);
    if (!this.#endOnDisk) setTimeout(() => this.#write(end), WRITE_AGAIN_MS);
    else this.#leave();
  }

  /** A daemon that has just had it started is about to connect: what the engine wrote is for it. */
  #leave(): void {
    if (!this.#endOnDisk || this.#daemons.size > 0) return;
    if (this.#wasVisited) this.gone();
    else setTimeout(() => this.#daemons.size === 0 && this.gone(), FIRST_VISIT_MS);
  }

  #tell(daemon: Socket, message: FromGuard): void {
    writeJsonLine(daemon, message);
  }
}
