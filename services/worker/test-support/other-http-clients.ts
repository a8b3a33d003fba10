import { request as nodeRequest } from 'node:http';
import { Duplex } from 'node:stream';
import { Client } from 'undici';

/** What a client makes of an answer; undefined: none. */
export type Understood = { readonly status: number; readonly body: string } | undefined;

/** A connection whose receiver answers the first bytes that it gets with `answer`, and ends. */
class Wire extends Duplex {
  #answered = false;

  constructor(private readonly answer: Buffer) {
    super();
  }

  override _read(): void {}

  override _write(_chunk: Buffer, _encoding: string, done: () => void): void {
    done();
    if (this.#answered) return;
    this.#answered = true;
    setImmediate(() => {
      this.push(this.answer);
      this.push(null);
    });
  }

  // What clients ask of a socket, and streams don't have.
  setTimeout = () => this;
  setKeepAlive = () => this;
  setNoDelay = () => this;
  ref = () => this;
  unref = () => this;
}

export async function asUndiciUnderstands(answer: Buffer): Promise<Understood> {
  const client = new Client('http://receiver.example', {
    connect: (_options, callback) => {
      setImmediate(() => callback(null, new Wire(answer) as never));
    },
  });
  try {
    const { statusCode, body } = await client.request({ path: '/', method: 'POST', body: 'x' });
    return { status: statusCode, body: Buffer.from(await body.arrayBuffer()).toString('latin1') };
  } catch {
    return undefined;
  } finally {
    await client.destroy();
  }
}

export function asNodeUnderstands(answer: Buffer): Promise<Understood> {
  return new Promise((resolve) => {
    const nothing = () => resolve(undefined);
    const createConnection = () => new Wire(answer);
    const request = nodeRequest({ method: 'POST', createConnection }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', nothing);
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('latin1');
        resolve(response.complete ? { status: response.statusCode ?? 0, body } : undefined);
      });
    });
    request.on('upgrade', nothing);
    request.on('error', nothing);
    request.on('close', nothing);
    request.end('x');
  });
}
