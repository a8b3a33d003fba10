import { connectRedis, type RedisConnection } from '@boomerang/redis';
import { freePort } from '@boomerang/redis-server';
import { waitFor } from '../wait-for.js';
import { formCluster } from './form-cluster.js';
import { startTestRedis, type TestRedis } from './start-test-redis.js';

/** A Redis Cluster for one suite alone: three primaries with a replica each. It ends with the process at the latest. */
export interface TestCluster {
  /** All nodes, separated by commas. */
  readonly url: string;
  readonly redis: RedisConnection;
  readonly nodes: readonly TestRedis[];
  /** The node that serves a key's slot just now. */
  primaryOf(key: string): Promise<TestRedis>;
  /** A node that replicates `primary` just now. */
  replicaOf(primary: TestRedis): Promise<TestRedis>;
  /** Begins to move a key's slot to another primary, and goes no further. Returns what calls it off. */
  beginMove(key: string): Promise<() => Promise<void>>;
  stop(): Promise<void>;
}

/** Time without an answer after which a node counts as failed, ms. A failover begins then. */
const NODE_TIMEOUT_MS = 2_000;
const NODES = 6;

/** @param argsOf further arguments of each node's server. */
export async function startTestCluster(
  argsOf: (node: number) => readonly string[] = () => [],
): Promise<TestCluster> {
  const nodes: TestRedis[] = [];
  let redis: RedisConnection | undefined;
  async function stop(): Promise<void> {
    redis?.disconnect();
    // One that stands still would not end.
    for (const node of nodes) if (isAlive(node.pid)) node.thaw();
    await Promise.all(nodes.splice(0).map((node) => node.stop()));
  }

  try {
    const started = await Promise.allSettled(
      (await nodePorts()).map((ports, i) => startNode(ports, argsOf(i))),
    );
    nodes.push(...started.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])));
    for (const one of started) if (one.status === 'rejected') throw one.reason;
    await formCluster(nodes.map((node) => ({ connection: node.redis, port: node.port })));
    const url = nodes.map((node) => node.url).join(',');
    redis = await connectRedis({ url, name: 'test' });
    const all = [...nodes];
    const found = roles(all);
    return { url, redis, nodes: all, ...found, beginMove: (key) => beginMove(key, found, all), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface NodePorts {
  readonly port: number;
  /** Where the nodes of a Cluster talk to each other. */
  readonly busPort: number;
}

async function nodePorts(): Promise<NodePorts[]> {
  const ports = new Set<number>();
  while (ports.size < 2 * NODES) ports.add(await freePort());
  const all = [...ports];
  return all.slice(0, NODES).map((port, i) => ({ port, busPort: all[NODES + i] as number }));
}

function startNode({ port, busPort }: NodePorts, more: readonly string[]): Promise<TestRedis> {
  const settings = {
    'cluster-enabled': 'yes',
    'cluster-port': String(busPort),
    'cluster-node-timeout': String(NODE_TIMEOUT_MS),
    // A primary never follows a slot's last key to another primary.
    'cluster-allow-replica-migration': 'no',
    // Replicas get what is there at once, not after five seconds in which others may come.
    'repl-diskless-sync-delay': '0',
  };
  return startTestRedis({
    port,
    args: [...Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]), ...more],
  });
}

type Roles = Pick<TestCluster, 'primaryOf' | 'replicaOf'>;

function roles(all: readonly TestRedis[]): Roles {
  /** The node whose port the first of all nodes that knows it tells: one that stands still tells nothing. */
  function find(message: string, ask: (node: TestRedis) => Promise<number | undefined>): Promise<TestRedis> {
    const told = async (node: TestRedis) => {
      const port = await ask(node);
      const found = all.find((one) => one.port === port);
      if (!found) throw new Error('it does not know');
      return found;
    };
    return waitFor(() => Promise.any(all.map(told)).catch(() => undefined), { message });
  }
  return {
    primaryOf: (key) =>
      find(`the primary of ${key}`, async (node) => {
        const slot = Number(await node.redis.call('CLUSTER', 'KEYSLOT', key));
        const ranges = (await node.redis.call('CLUSTER', 'SLOTS')) as [number, number, [string, number]][];
        return ranges.find(([first, last]) => first <= slot && slot <= last)?.[2][1];
      }),
    replicaOf: (primary) =>
      find(`a replica of ${primary.port}`, async (node) => {
        const info = await node.redis.info('replication');
        return info.includes(`master_port:${primary.port}\r\n`) ? node.port : undefined;
      }),
  };
}

async function beginMove(key: string, { primaryOf }: Roles, all: readonly TestRedis[]) {
  const tell = ({ redis }: TestRedis, ...command: (string | number)[]) =>
    redis.call('CLUSTER', ...command) as Promise<string>;
  const source = await primaryOf(key);
  const slot = await tell(source, 'KEYSLOT', key);
  const lines = (await tell(source, 'NODES')).split('\n');
  const other = lines.find((line) => / master - /.test(line));
  const target = all.find(({ port }) => other?.includes(`:${port}@`)) as TestRedis;
  await tell(target, 'SETSLOT', slot, 'IMPORTING', await tell(source, 'MYID'));
  await tell(source, 'SETSLOT', slot, 'MIGRATING', await tell(target, 'MYID'));
  return async () => {
    for (const node of [source, target]) await tell(node, 'SETSLOT', slot, 'STABLE');
  };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
