type Queue = ReadonlyMap<string, number>;

/** Members by due time, then name, that are due by then. */
export function inOrder(members: Queue = new Map(), untilMs = Number.POSITIVE_INFINITY): [string, number][] {
  return [...members]
    .filter(([, score]) => score <= untilMs)
    .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
}

/** One of each client in turn, and again, until there are enough. Those served go to the end, the first one last. */
export function takeTurns(
  rotation: readonly string[],
  queues: ReadonlyMap<string, Queue>,
  limit: number,
  atMost: ReadonlyMap<string, number>,
) {
  const mayTake = rotation.filter((client) => atMost.get(client) !== 0);
  const left = new Map(
    mayTake.map((client) => [client, inOrder(queues.get(client)).slice(0, atMost.get(client))]),
  );
  const taken: [member: string, score: number][] = [];
  const [served, without] = [new Set<string>(), new Set<string>()];
  do {
    for (const client of mayTake) {
      if (taken.length === limit) break;
      const next = left.get(client)?.shift();
      if (next) taken.push(next);
      if (next) served.add(client);
      else if (!served.has(client)) without.add(client);
    }
  } while (taken.length < limit && [...left.values()].some(({ length }) => length > 0));
  const [first, ...others] = served;
  const unserved = rotation.filter((client) => !served.has(client) && !without.has(client));
  return { taken, served, rotation: [...unserved, ...others, ...(first ? [first] : [])] };
}
