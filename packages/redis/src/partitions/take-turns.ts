/** Answers 0 to `count` - 1 in turn, over and over. Where it begins is random, so that processes don't walk in step. */
export function takeTurns(count: number): () => number {
  let last = Math.floor(Math.random() * count);
  return () => {
    last = (last + 1) % count;
    return last;
  };
}
