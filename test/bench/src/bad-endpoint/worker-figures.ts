/** What a worker tells about itself at `/metrics`. */
export interface WorkerFigures {
  /** By reason. */
  readonly givenBack: Readonly<Record<string, number>>;
  readonly deadLetters: number;
}

export async function readWorkerFigures(httpPort: number): Promise<WorkerFigures> {
  const page = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  const given = page.matchAll(/^boomerang_worker_given_back_total\{reason="(\w+)"\} (\d+)$/gm);
  const dead = /^boomerang_worker_settled_attempts_total\{outcome="dead_letter"\} (\d+)$/m.exec(page);
  return {
    givenBack: Object.fromEntries([...given].map(([, reason, count]) => [reason, Number(count)])),
    deadLetters: Number(dead?.[1] ?? 0),
  };
}
