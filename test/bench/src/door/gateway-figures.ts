/** What a gateway tells about itself at `/metrics`. */
export interface GatewayFigures {
  readonly residentBytes: number;
  /** Requests that ended in a fault of the gateway's own. */
  readonly internalErrors: number;
  readonly connections: number;
  /** Connections that it closed of its own accord, by reason. */
  readonly closed: Readonly<Record<string, number>>;
}

export async function readGatewayFigures(httpPort: number): Promise<GatewayFigures> {
  const page = await (await fetch(`http://127.0.0.1:${httpPort}/metrics`)).text();
  const values = (pattern: RegExp) => [...page.matchAll(pattern)].map(([, ...groups]) => groups);
  const internal = values(/^boomerang_gateway_requests_total\{.*code="internal".*\} (\d+)$/gm);
  const closed = values(/^boomerang_gateway_closed_connections_total\{reason="(\w+)"\} (\d+)$/gm);
  return {
    residentBytes: Number(values(/^process_resident_memory_bytes (\S+)$/gm)[0]?.[0]),
    internalErrors: internal.reduce((sum, [count]) => sum + Number(count), 0),
    connections: Number(values(/^boomerang_gateway_connections (\d+)$/gm)[0]?.[0]),
    closed: Object.fromEntries(closed.map(([reason, count]) => [reason, Number(count)])),
  };
}

/** Watches memory until it is stopped; the most that was seen. */
export function watchMemory(httpPort: number): { stop(): Promise<number> } {
  const over = new AbortController();
  const watching = watchUntil(httpPort, over.signal);
  return {
    stop() {
      over.abort();
      return watching;
    },
  };
}

async function watchUntil(httpPort: number, over: AbortSignal): Promise<number> {
  let most = 0;
  do {
    most = Math.max(most, (await readGatewayFigures(httpPort)).residentBytes);
    await new Promise((resolve) => setTimeout(resolve, 250));
  } while (!over.aborted);
  return Math.max(most, (await readGatewayFigures(httpPort)).residentBytes);
}
