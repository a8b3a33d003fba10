/** What an error may tell about itself besides its message. Libraries attach what they worked on: commands, requests, configuration. */
const TOLD = ['code', 'errno', 'syscall', 'address', 'port', 'hostname', 'path', 'statusCode'] as const;
/** Where other errors hang that explain it. ioredis has the last. */
const CAUSES = ['cause', 'lastNodeError'] as const;
/** Causes of causes: more than this are a circle. */
const MOST_LEVELS = 5;
/** Of those that one error sums up. */
const MOST_ERRORS = 10;

type Described = Record<string, unknown>;

/** An error for the log: what it says and why, and nothing of what was worked on but the name of a Redis command. */
export function describeError(error: unknown, level = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'object' ? typeName(error) : error;
  const { stack, command, errors, ...rest } = fieldsOf(error);
  const described: Described = { type: typeName(error), message: withoutArguments(error.message) };
  if (typeof stack === 'string') described.stack = withoutArguments(stack);
  for (const name of TOLD) if (isPlain(rest[name])) described[name] = rest[name];
  if (isPlain(fieldsOf(command).name)) described.command = fieldsOf(command).name;
  if (level === MOST_LEVELS) return described;
  for (const name of CAUSES)
    if (rest[name] !== undefined) described[name] = describeError(rest[name], level + 1);
  if (Array.isArray(errors)) {
    described.errors = errors.slice(0, MOST_ERRORS).map((each) => describeError(each, level + 1));
  }
  return described;
}

/** Redis repeats the arguments of a command that it does not know, which may be AUTH. */
export function withoutArguments(message: string): string {
  return message.replace(/,? with args beginning with:[^\n]*/g, '');
}

function fieldsOf(value: unknown): Described {
  if (typeof value !== 'object' || value === null) return {};
  const { cause, stack } = value as Error;
  return { ...(value as Described), cause, stack, ...('errors' in value && { errors: value.errors }) };
}

function typeName(value: object | null): string {
  return value?.constructor?.name ?? 'null';
}

function isPlain(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}
