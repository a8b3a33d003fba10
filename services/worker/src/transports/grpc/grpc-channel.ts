import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from 'node:http2';
import type { Socket } from 'node:net';
import type { ConnectionResult } from '../transport.js';
import { GrpcCall } from './grpc-call.js';

/** Memory for the requests of all calls of a connection, MB; Node refuses calls that would need more. */
const SESSION_MEMORY_MB = 256;

/**
 * An HTTP/2 connection to a receiver, which carries several calls at a time. It is *retired* once the receiver sends
 * GOAWAY or leaves a call unanswered: then it takes no more calls, and closes after the last one.
 */
export class GrpcChannel {
  #calls = 0;
  #retired = false;
  /** Whether it has carried an answer: only then may its end be the receiver's closing of an idle connection. */
  #served = false;

  private constructor(
    private readonly session: ClientHttp2Session,
    private readonly socket: Socket,
    idleMs: number,
    onClosed: (channel: GrpcChannel) => void,
  ) {
    session.setTimeout(idleMs, () => {
      if (this.#calls === 0) this.close();
    });
    session.once('goaway', () => this.#retire());
    session.once('close', () => onClosed(this));
  }

  /** Takes over `socket`; resolves when the receiver has told its settings, rejects when it doesn't in time. */
  static async open(
    socket: Socket,
    { timeoutMs, idleMs }: { readonly timeoutMs: number; readonly idleMs: number },
    onClosed: (channel: GrpcChannel) => void,
  ): Promise<GrpcChannel> {
    const session = connect('http://receiver', {
      createConnection: () => socket,
      maxSessionMemory: SESSION_MEMORY_MB,
      settings: { enablePush: false },
    });
    // An alert of TLS behind the handshake leaves the socket open, and the session without an end.
    socket.on('error', () => socket.destroy());
    const late = new Error(`no HTTP/2 settings in ${Math.ceil(timeoutMs)} ms`);
    const timer = setTimeout(() => session.destroy(late), timeoutMs);
    await new Promise<void>((resolve, reject) => {
      session.once('remoteSettings', () => resolve());
      session.on('error', reject);
      session.once('close', () => reject(new Error('the connection was closed before it was ready')));
    }).finally(() => clearTimeout(timer));
    return new GrpcChannel(session, socket, idleMs, onClosed);
  }

  /** How many calls the receiver takes at a time. */
  get limit(): number {
    return this.session.remoteSettings.maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a call would be written at once. */
  get hasRoom(): boolean {
    return !this.#retired && !this.session.closed && !this.socket.destroyed && this.#calls < this.limit;
  }

  /**
   * Makes a call; to be used only while there is room. The request is handed to the connection in this tick, right after
   * `objection`. Node writes it to the socket before it waits for events again: between the check and the write only
   * callbacks run that are due already.
   */
  async call(
    headers: OutgoingHttpHeaders,
    body: Buffer,
    objection: () => string | undefined,
    endsAt: number,
  ): Promise<ConnectionResult> {
    const error = objection();
    if (error !== undefined) return { kind: 'not_sent', error };
    this.#calls++;
    const result = await this.#request(headers, body, endsAt);
    this.#calls--;
    const unanswered = 'errorClass' in result && result.errorClass === 'timeout';
    if (this.#retired || unanswered || result.kind === 'stale_connection') this.#retire();
    else this.#served = true;
    return result;
  }

  close(): void {
    this.session.destroy();
    this.socket.destroy();
  }

  #request(headers: OutgoingHttpHeaders, body: Buffer, endsAt: number): Promise<ConnectionResult> {
    const stale = () => this.#served && this.socket.destroyed;
    return new Promise((resolve) => {
      const stream = this.session.request(headers);
      stream.end(body);
      new GrpcCall(stream, endsAt, stale, resolve);
    });
  }

  #retire(): void {
    this.#retired = true;
    if (this.#calls === 0) this.close();
  }
}
