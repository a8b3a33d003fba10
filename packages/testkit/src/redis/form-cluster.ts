import type { RedisConnection } from '@boomerang/redis';
import { waitFor } from '../wait-for.js';

/** A server with `cluster-enabled` that knows no other yet. */
export interface LoneNode {
  readonly connection: RedisConnection;
  readonly port: number;
}

const SLOTS = 16_384;

/** Makes a Redis Cluster of them: the first half are primaries, and each of the others replicates one of those. */
export async function formCluster(nodes: readonly LoneNode[]): Promise<void> {
  const primaries = nodes.slice(0, nodes.length / 2);
  const replicas = nodes.slice(primaries.length);
  await Promise.all(primaries.map((node, i) => takeSlots(node, i, primaries.length)));
  await meet(nodes);
  await Promise.all(replicas.map((node, i) => replicate(node, primaries[i] as LoneNode)));
  for (const node of nodes) await agreed(node, nodes.length);
  for (const node of replicas) await caughtUp(node);
}

const cluster = ({ connection }: LoneNode, ...args: (string | number)[]) =>
  connection.call('CLUSTER', ...args) as Promise<string>;

/** Its share of the slots. Epochs that differ spare the primaries a quarrel about who came first. */
async function takeSlots(node: LoneNode, nth: number, of: number): Promise<void> {
  const first = Math.ceil((nth * SLOTS) / of);
  const last = Math.ceil(((nth + 1) * SLOTS) / of) - 1;
  await cluster(node, 'ADDSLOTSRANGE', first, last);
  await cluster(node, 'SET-CONFIG-EPOCH', nth + 1);
}

/** Introduces all nodes to the first one; they hear of each other from it. */
async function meet([first, ...others]: readonly LoneNode[]): Promise<void> {
  for (const other of others) {
    const [, address = ''] = (await cluster(other, 'NODES')).split(' ');
    const busPort = Number(/@(\d+)/.exec(address)?.[1]);
    await cluster(first as LoneNode, 'MEET', '127.0.0.1', other.port, busPort);
  }
}

async function replicate(node: LoneNode, primary: LoneNode): Promise<void> {
  const id = await cluster(primary, 'MYID');
  await waitFor(async () => (await cluster(node, 'NODES')).includes(id), {
    message: `node ${node.port} to know node ${primary.port}`,
  });
  await cluster(node, 'REPLICATE', id);
}

/** Waits until the node serves, and knows of the role of all others. */
async function agreed(node: LoneNode, nodes: number): Promise<void> {
  const agrees = async () => {
    const known = (await cluster(node, 'NODES')).trim().split('\n');
    const replicas = known.filter((line) => / (myself,)?slave /.test(line));
    const state = await cluster(node, 'INFO');
    return known.length === nodes && replicas.length === nodes / 2 && state.includes('cluster_state:ok');
  };
  await waitFor(agrees, { timeoutMs: 20_000, message: `node ${node.port} to agree with the others` });
}

async function caughtUp({ connection, port }: LoneNode): Promise<void> {
  await waitFor(async () => (await connection.info('replication')).includes('master_link_status:up'), {
    timeoutMs: 20_000,
    message: `replica ${port} to catch up`,
  });
}
