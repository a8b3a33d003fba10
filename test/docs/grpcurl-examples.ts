/** A call of grpcurl that a page shows, and the answer that it promises. */
export interface GrpcurlExample {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly request: Readonly<Record<string, unknown>>;
  readonly answer: unknown;
}

const EXAMPLE = /```sh\n(grpcurl [^`]*)```\n\n```json\n([^`]*)```/g;

/** Each block of `sh` with a grpcurl that a block of `json` follows, in the order of the page. */
export function grpcurlExamples(page: string): GrpcurlExample[] {
  return [...page.matchAll(EXAMPLE)].map(([, command = '', answer = '']) => ({
    ...readCommand(command),
    answer: JSON.parse(answer),
  }));
}

function readCommand(command: string): Omit<GrpcurlExample, 'answer'> {
  const [, method = ''] = /localhost:9090 spage\.api\.SpageAPI\/(\w+)\s*$/.exec(command) ?? [];
  // Inside of single quotes a shell replaces nothing: '"$KEY"' leaves them for a moment.
  const [, json = '{}'] = /-d '([^']*)'/.exec(command.replace(/'"(\$[A-Z]+)"'/g, '$1')) ?? [];
  const headers = [...command.matchAll(/-H "([^:"]+): ([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  return { method, headers: Object.fromEntries(headers), request: JSON.parse(json) };
}

/** With the variables of the shell in the place of `$NAME`. */
export function withVariables<T>(value: T, variables: Readonly<Record<string, string>>): T {
  const text = JSON.stringify(value).replace(/\$([A-Z]+)/g, (whole, name) => variables[name] ?? whole);
  return JSON.parse(text) as T;
}

/** Problems of an answer beside the promised one, in which `…` stands for anything. */
export function differences(promised: unknown, answer: unknown, path = 'answer'): string[] {
  if (typeof promised === 'string' && promised.includes('…')) {
    const [before = ''] = promised.split('…');
    const isSo = before === '' ? answer !== undefined : String(answer).startsWith(before);
    return isSo ? [] : [`${path}: ${JSON.stringify(answer)}, promised ${promised}`];
  }
  if (typeof promised !== 'object' || promised === null) {
    return Object.is(promised, answer)
      ? []
      : [`${path}: ${JSON.stringify(answer)}, promised ${JSON.stringify(promised)}`];
  }
  const [all, found] = [promised as Record<string, unknown>, (answer ?? {}) as Record<string, unknown>];
  const keys = new Set([...Object.keys(all), ...Object.keys(found)]);
  return [...keys].flatMap((key) => differences(all[key], found[key], `${path}.${key}`));
}
