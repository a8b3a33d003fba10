import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Intercept, Interception } from './interception.js';
import { CommandReader, type RedisCommand } from './redis-command.js';

/** A reply that is held back: the bytes so far, and the marker that Redis answers right behind it. */
interface Withheld {
  bytes: Buffer;
  readonly marker: Buffer;
  readonly complete: (reply: Buffer) => void;
}

/**
 * One connection through a proxy. Commands pass one after the other; while one is intercepted, those behind it wait. That
 * Redis has executed a command is known from an ECHO sent right behind it, whose own reply is taken out again.
 */
export class ProxyLink {
  readonly #reader = new CommandReader();
  #commands: RedisCommand[] = [];
  #passing = false;
  #withheld: Withheld | undefined;

  constructor(
    private readonly client: Socket,
    private readonly upstream: Socket,
    private readonly intercept: Intercept,
  ) {
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.on('close', () => this.cut());
    }
    client.on('data', (chunk) => {
      this.#commands.push(...this.#reader.push(chunk));
      if (!this.#passing) void this.#pass();
    });
    upstream.on('data', (chunk) => this.#onReply(chunk));
  }

  /** Ends the connection on both sides. */
  cut(): void {
    this.#commands = [];
    this.client.destroy();
    this.upstream.destroy();
  }

  async #pass(): Promise<void> {
    this.#passing = true;
    this.upstream.cork();
    for (let command = this.#commands.shift(); command; command = this.#commands.shift()) {
      const interception = this.intercept(command);
      if (interception) await this.#intercepted(command, interception);
      else this.upstream.write(command.raw);
    }
    this.upstream.uncork();
    this.#passing = false;
  }

  async #intercepted(command: RedisCommand, interception: Interception): Promise<void> {
    this.upstream.uncork();
    if (interception.when === 'before') {
      if ((await interception.strike()) === 'drop') this.cut();
      else this.upstream.write(command.raw);
    } else {
      const reply = await this.#execute(command);
      const meant = !reply.includes('-NOSCRIPT') && (interception.reply?.(reply) ?? true);
      if (meant && (await interception.strike()) === 'drop') this.cut();
      else this.client.write(reply);
    }
    this.upstream.cork();
  }

  /** All that Redis answers up to the reply to `command`. */
  #execute(command: RedisCommand): Promise<Buffer> {
    return new Promise((complete) => {
      const id = randomUUID();
      const marker = Buffer.from(`$${id.length}\r\n${id}\r\n`);
      this.#withheld = { bytes: Buffer.alloc(0), marker, complete };
      this.upstream.write(command.raw);
      this.upstream.write(`*2\r\n$4\r\nECHO\r\n${marker}`);
    });
  }

  #onReply(chunk: Buffer): void {
    const withheld = this.#withheld;
    if (!withheld) {
      this.client.write(chunk);
      return;
    }
    withheld.bytes = Buffer.concat([withheld.bytes, chunk]);
    const end = withheld.bytes.indexOf(withheld.marker);
    if (end === -1) return;
    // Nothing can follow the marker: what is behind the command waits.
    this.#withheld = undefined;
    withheld.complete(withheld.bytes.subarray(0, end));
  }
}
