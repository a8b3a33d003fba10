import type { AttemptResult, HostPort } from '@boomerang/domain';
import { connectFailure } from '../shared/connect-failure.js';
import { describeError } from '../shared/describe-error.js';
import { dial } from '../shared/dial.js';
import type { TransportOptions } from '../transport.js';
import { classOf } from './grpc-call.js';
import { GrpcChannel } from './grpc-channel.js';

export interface GrpcEndpoint extends HostPort {
  readonly key: string;
  /** `host:port` as in a URL. */
  readonly authority: string;
  readonly secure: boolean;
}

/** The channels to one endpoint: one, or as many as its calls need at a time. */
export class GrpcChannels {
  readonly #channels = new Set<GrpcChannel>();
  #opening: Promise<AttemptResult | undefined> | undefined;

  constructor(
    private readonly endpoint: GrpcEndpoint,
    private readonly options: TransportOptions,
    private readonly closing: AbortSignal,
    /** Called when the last channel has closed. */
    private readonly onEmpty: () => void,
  ) {}

  /** The oldest channel that can take a call at once, so that newer ones become idle. */
  withRoom(): GrpcChannel | undefined {
    for (const channel of this.#channels) if (channel.hasRoom) return channel;
    return undefined;
  }

  /** Opens one more channel, for all calls that wait for one; answers why that failed, if it did. */
  open(): Promise<AttemptResult | undefined> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  close(): void {
    for (const channel of this.#channels) channel.close();
  }

  async #open(): Promise<AttemptResult | undefined> {
    const { guard, callbackConnectTimeoutMs, callbackTimeoutMs, ownCertificate } = this.options;
    const timeoutMs = Math.min(callbackConnectTimeoutMs, callbackTimeoutMs);
    const endsAt = performance.now() + timeoutMs;
    const { host, port, secure } = this.endpoint;
    const tlsProtocol = secure ? 'h2' : undefined;
    const options = { guard, timeoutMs, signal: this.closing, tlsProtocol, ownCertificate };
    const dialled = await dial({ host, port }, options).catch((error: Error) => connectFailure(error));
    if ('kind' in dialled) return dialled;
    try {
      const times = { timeoutMs: endsAt - performance.now(), idleMs: this.options.callbackIdleMs };
      const channel = await GrpcChannel.open(dialled, times, (closed) => this.#forget(closed));
      this.#channels.add(channel);
      if (channel.limit > 0) return undefined;
      channel.close();
      return { kind: 'retryable', errorClass: 'rejected', error: 'the receiver takes no calls' };
    } catch (error) {
      dialled.destroy();
      const errorClass = performance.now() >= endsAt ? 'timeout' : classOf(error as Error);
      return { kind: 'retryable', errorClass, error: describeError(error as Error) };
    }
  }

  #forget(channel: GrpcChannel): void {
    this.#channels.delete(channel);
    if (this.#channels.size === 0 && !this.#opening) this.onEmpty();
  }
}
