import type { DeadLetter } from '../../api/types.js';

/** Dead letters that failed alike, at the same endpoint. */
export interface Group {
  readonly name: string;
  readonly errorClass: string;
  readonly endpoint: string;
  readonly letters: readonly DeadLetter[];
}

/** The largest group first. */
export function groupsOf(letters: readonly DeadLetter[]): Group[] {
  const groups = new Map<string, DeadLetter[]>();
  for (const letter of letters) {
    const name = `${letter.errorClass} ${endpointOf(letter)}`;
    const own = groups.get(name);
    if (own) own.push(letter);
    else groups.set(name, [letter]);
  }
  return [...groups]
    .map(([name, own]) => {
      const [first] = own as [DeadLetter];
      return { name, errorClass: first.errorClass, endpoint: endpointOf(first), letters: own };
    })
    .sort((a, b) => b.letters.length - a.letters.length);
}

/** Where it should have gone, without the query of its address. */
export function endpointOf({ callback }: DeadLetter): string {
  return callback?.url.replace(/[?#].*$/, '') ?? 'a daemon';
}
