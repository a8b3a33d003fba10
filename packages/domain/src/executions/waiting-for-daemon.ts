import type { ConnectedDaemon } from '../ports/execution-store.js';

/** Why a due task of a type is not executed yet, for people; '' = it is not held up. */
export function waitingForDaemon(type: string, daemons: readonly ConnectedDaemon[]): string {
  const able = daemons.filter(({ types }) => types[0] === '*' || types.includes(type));
  if (able.length === 0) return `no daemon for type ${type}`;
  const daemonsFor = `${able.length} ${able.length === 1 ? 'daemon' : 'daemons'} for type ${type}`;
  const taking = able.filter(({ draining }) => !draining);
  if (taking.length === 0) return `${daemonsFor}, all draining`;
  if (taking.every(({ held, slots }) => held >= slots)) return `${daemonsFor}, all full`;
  return '';
}
