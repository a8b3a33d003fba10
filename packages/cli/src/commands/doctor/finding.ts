/** What was looked at, how it is, and how to mend what is off. */
export interface Finding {
  readonly check: string;
  readonly state: 'ok' | 'warning' | 'bad' | 'not checked';
  readonly found: string;
  readonly mend?: string;
}

export function ok(check: string, found: string): Finding {
  return { check, state: 'ok', found };
}

export function off(
  check: string,
  state: 'warning' | 'bad' | 'not checked',
  found: string,
  mend: string,
): Finding {
  return { check, state, found, mend };
}
