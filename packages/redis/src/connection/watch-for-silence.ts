import type { Redis } from 'ioredis';

/** Looks within the limit. A process that was stopped for a while has missed them, and nothing else. */
const LOOKS = 4;

/**
 * Makes a connection anew that has not answered for `limitMs`. Nothing else notices a connection that died without a word
 * while commands or messages are waited for.
 */
export function watchForSilence(redis: Redis, limitMs: number): void {
  let unanswered = 0;
  const answered = () => {
    unanswered = 0;
  };
  const look = () => {
    // 'connect': what is said at the beginning of a connection has not been answered yet.
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
