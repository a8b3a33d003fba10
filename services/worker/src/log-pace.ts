/** Lets one line pass in each `everyMs`, and tells it how many it stands for besides itself. */
export function atMostEvery(everyMs: number): (say: (unsaid: number) => void) => void {
  let nextAt = Number.NEGATIVE_INFINITY;
  let unsaid = 0;
  return (say) => {
    const now = performance.now();
    if (now < nextAt) {
      unsaid++;
      return;
    }
    nextAt = now + everyMs;
    say(unsaid);
    unsaid = 0;
  };
}
