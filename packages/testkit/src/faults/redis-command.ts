/** One command as a client sent it. */
export interface RedisCommand {
  /** Its name and its arguments. */
  readonly args: readonly Buffer[];
  /** Its bytes on the wire. */
  readonly raw: Buffer;
}

/** Takes commands (RESP arrays of bulk strings, as every client library sends them) out of a stream of bytes. */
export class CommandReader {
  #pending: Buffer = Buffer.alloc(0);

  /** The commands that `chunk` completes. What is left waits for the next chunk. */
  push(chunk: Buffer): RedisCommand[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const commands: RedisCommand[] = [];
    for (let command = this.#next(); command; command = this.#next()) commands.push(command);
    return commands;
  }

  #next(): RedisCommand | undefined {
    const count = this.#line(0, '*');
    if (!count) return undefined;
    const args: Buffer[] = [];
    let at = count.end;
    while (args.length < count.value) {
      const length = this.#line(at, '$');
      if (!length) return undefined;
      at = length.end + length.value + 2;
      if (at > this.#pending.length) return undefined;
      args.push(this.#pending.subarray(length.end, at - 2));
    }
    const raw = this.#pending.subarray(0, at);
    this.#pending = this.#pending.subarray(at);
    return { args, raw };
  }

  /** The number in the line at `from`, which has to begin with `type`, and where the line ends. */
  #line(from: number, type: string): { value: number; end: number } | undefined {
    const lineEnd = this.#pending.indexOf('\r\n', from);
    if (lineEnd === -1) return undefined;
    const line = this.#pending.toString('latin1', from, lineEnd);
    if (line[0] !== type) throw new Error(`not a command in RESP: ${JSON.stringify(line.slice(0, 40))}`);
    return { value: Number(line.slice(1)), end: lineEnd + 2 };
  }
}
