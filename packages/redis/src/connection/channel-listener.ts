import type { Redis } from 'ioredis';
import type { MessageListener, Subscription } from './subscription.js';

/** Subscribes to channels on one connection, which it closes in the end. ioredis subscribes again after a lost connection. */
export class ChannelListener implements Subscription {
  #channels: readonly string[] = [];
  #hearing: Promise<void> = Promise.resolve();

  constructor(private readonly redis: Redis) {}

  hear(channels: readonly string[]): Promise<void> {
    const before = this.#channels;
    const added = channels.filter((channel) => !before.includes(channel));
    const dropped = before.filter((channel) => !channels.includes(channel));
    if (added.length + dropped.length > 0) {
      this.#channels = channels;
      this.#hearing = this.#change(added, dropped);
    }
    return this.#hearing;
  }

  onMessage(listener: MessageListener): void {
    this.redis.on('message', listener);
  }

  close(): void {
    this.redis.disconnect();
  }

  async #change(added: readonly string[], dropped: readonly string[]): Promise<void> {
    try {
      if (added.length > 0) await this.redis.subscribe(...added);
      if (dropped.length > 0) await this.redis.unsubscribe(...dropped);
    } catch (error) {
      this.#channels = [];
      throw error;
    }
  }
}
