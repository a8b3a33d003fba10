import { createHash } from 'node:crypto';
import type { PartitionKeys } from './keys.js';
import type { PartitionMap } from './partition-map.js';

/** The partition of what a client has once, and not in each: its id leads there by the count that never changes. */
export async function homeOfClient(map: PartitionMap, clientId: string): Promise<PartitionKeys> {
  const hash = createHash('sha256').update(clientId).digest().readUInt32BE(0);
  return (await map.find(hash % map.oldest)) as PartitionKeys;
}
