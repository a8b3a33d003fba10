import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { EndCause, EngineEnd, EngineReport, FromGuard, ToGuard } from './guard-messages.js';
import { RUN_FILES } from './guard-messages.js';
import { readJsonLines, writeJsonLine } from './json-lines.js';

export interface GuardListener {
  started(startedAtMs: number): void;
  /** Output from an offset on; returns from where it wants more. */
  output(offset: number, chunk: Buffer): number;
  /** What the engine said of its play; from the first on, also if somebody has heard it before. */
  report(report: EngineReport): void;
  ended(end: EngineEnd): void;
  /** The guard is gone. It isn't told after `ended`. */
  lost(): void;
}

/** The daemon's connection with a guard. */
export class GuardLink {
  #ended = false;

  private constructor(
    private readonly socket: Socket,
    private readonly listener: GuardListener,
  ) {
    socket.on('error', () => undefined);
    socket.once('close', () => {
      if (!this.#ended) listener.lost();
    });
    readJsonLines<FromGuard>(socket, (message) => this.#hear(message));
  }

  /** Undefined if there is no guard at this folder. @param offset of the output that is wanted first. */
  static open(folder: string, offset: number, listener: GuardListener): Promise<GuardLink | undefined> {
    return new Promise((resolve) => {
      const socket = connect(join(folder, RUN_FILES.socket));
      socket.once('error', () => resolve(undefined));
      socket.once('connect', () => {
        const link = new GuardLink(socket, listener);
        link.#tell({ type: 'read', offset });
        link.#tell({ type: 'hear', from: 0 });
        resolve(link);
      });
    });
  }

  extend(leaseEndsMs: number): void {
    this.#tell({ type: 'extend', leaseEndsMs });
  }

  end(cause: EndCause, graceMs: number): void {
    this.#tell({ type: 'end', cause, graceMs });
  }

  /** Lets the guard go, once how its engine ended is kept elsewhere. */
  release(): void {
    this.#tell({ type: 'release' });
    this.socket.end();
  }

  /** Leaves; the guard goes on. */
  close(): void {
    this.#ended = true;
    this.socket.destroy();
  }

  #hear(message: FromGuard): void {
    if (message.type === 'started') this.listener.started(message.startedAtMs);
    else if (message.type === 'output')
      this.#takeOutput(message.offset, Buffer.from(message.chunk, 'base64'));
    else if (message.type === 'reports') this.#takeReports(message.from, message.reports);
    else {
      this.#ended = true;
      this.listener.ended(message.end);
    }
  }

  #takeOutput(offset: number, chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#tell({ type: 'read', offset: this.listener.output(offset, chunk) });
  }

  #takeReports(from: number, reports: readonly EngineReport[]): void {
    for (const report of reports) this.listener.report(report);
    this.#tell({ type: 'hear', from: from + reports.length });
  }

  #tell(message: ToGuard): void {
    writeJsonLine(this.socket, message);
  }
}
