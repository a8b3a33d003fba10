/**
 * The properties of an error that are logged besides its message. Libraries attach others, with secrets in them:
 * commands, requests, configuration.
 */
const TOLD = ['code', 'errno', 'syscall', 'address', 'port', 'hostname', 'path', 'statusCode'] as const;
/** The properties that hold another error which explains this one. `lastNodeError` is one of ioredis. */
const CAUSES = ['cause', 'lastNodeError'] as const;
/** Levels of causes that are described, so that an error that is its own cause ends. */
const MOST_LEVELS = 5;
/** Errors of an AggregateError that are described. */
const MOST_ERRORS = 10;

type Described = Record<string, unknown>;

/** An error for the log: its message, its stack, the properties above, its causes, and the name of a Redis command. */
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

/** Removes the arguments that Redis repeats when it doesn't know a command. They may be those of AUTH. */
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
