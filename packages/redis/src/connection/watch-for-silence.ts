import type { Redis } from 'ioredis';

/** Looks within the limit. A process that was suspended misses looks, and does not take that for silence of Redis. */
const LOOKS = 4;

/**
 * Replaces a connection that has not answered for `limitMs`. Nothing else notices a connection that died without a sign
 * while commands or messages are expected on it.
 */
export function watchForSilence(redis: Redis, limitMs: number): void {
  let unanswered = 0;
  const answered = () => {
    unanswered = 0;
  };
  const look = () => {
    // 'connect': the first commands of the connection have not been answered yet.
    if (redis.status !== 'ready' && redis.status !== 'connect') return answered();
    if (unanswered === LOOKS) {
      answered();
      redis.disconnect(true);
      return;
    }
    unanswered++;
    if (unanswered === 1 && redis.status === 'ready') redis.ping().then(answered, () => undefined);
  };
  const timer = setInterval(look, limitMs / LOOKS);
  timer.unref();
  redis.on('ready', answered);
  redis.once('end', () => clearInterval(timer));
}
