/** What the JSON of the API calls otherwise than the domain does; the rest loses "Ms" at its end. */
const OTHERWISE: Readonly<Record<string, string>> = {
  taskId: 'id',
  deadLetterId: 'id',
  client: 'id',
  // The option of a command.
  '--with-tasks': 'withTasks',
  nextToken: 'cursor',
  scheduledAfterMs: 'dueAfter',
  scheduledBeforeMs: 'dueBefore',
  idempotencyKey: 'Idempotency-Key',
  expiredAction: 'expired',
  sessionId: 'Authorization',
  key: 'Authorization',
  'subscribe.types': 'types',
  'subscribe.after': 'Last-Event-ID',
  'callback.endpoint': 'callback.url',
  'callback.protocol': 'callback.url',
  'callback.rawContentType': 'callback.contentType',
};

/** A field of the domain as the JSON of the API spells it: `retry.intervalMs` is `retry.interval`. */
export function fieldInJson(field: string): string {
  return OTHERWISE[field] ?? field.replace(/Ms$/, '');
}
