import { get, type IncomingMessage } from 'node:http';

export interface ServerSentEvent {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests say of what they read what it is.
  readonly data: any;
}

export interface EventReader {
  readonly status: number;
  readonly response: IncomingMessage;
  readonly events: ServerSentEvent[];
  /** What the reader would show when it comes again. */
  lastId(): string;
  /** Resolves when the other side has ended the stream. */
  readonly ended: Promise<void>;
  close(): void;
}

/** Follows a stream of server-sent events as a browser does. */
export async function readEvents(url: string, headers: Record<string, string>): Promise<EventReader> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).once('error', reject);
  });
  const events: ServerSentEvent[] = [];
  let id = '';
  let rest = '';
  response.setEncoding('utf8').on('error', () => undefined);
  response.on('data', (chunk: string) => {
    const messages = (rest + chunk).split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(message)?.[1];
      id = field('id') ?? id;
      const data = field('data');
      if (data !== undefined) events.push({ type: field('event') ?? 'message', data: JSON.parse(data) });
    }
  });
  return {
    status: response.statusCode ?? 0,
    response,
    events,
    lastId: () => id,
    ended: new Promise((resolve) => response.once('close', () => resolve())),
    close: () => response.destroy(),
  };
}
