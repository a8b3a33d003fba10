import { words } from '../../ui/format.js';

const LEVELS: Readonly<Record<string, string>> = {
  scheduled: 'calm',
  in_flight: 'busy',
  delivering: 'busy',
  retrying: 'warning',
  delivered: 'good',
  sent: 'good',
  dead_lettered: 'bad',
  rejected: 'bad',
  timeout: 'bad',
};

/** A state or an outcome: in words, and by a colour. */
export function State({ state }: { readonly state: string }) {
  return <span class={`state ${LEVELS[state] ?? 'calm'}`}>{words(state)}</span>;
}
