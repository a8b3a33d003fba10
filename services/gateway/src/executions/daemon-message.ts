import {
  BoomerangError,
  type ExecutionHandle,
  type ExecutionProgress,
  type ExecutionReport,
  invalidField,
  type OutputPiece,
  parseExecutionHandle,
  quote,
  requireTaskType,
} from '@boomerang/domain';
import { EventReader, type StreamEvent } from './event.js';

/** The messages of a daemon on its stream. */
export type DaemonMessage =
  | HelloMessage
  | { readonly kind: 'drain' }
  | { readonly kind: 'pong' }
  | { readonly kind: 'ping'; readonly atMs: string }
  | (Named & { readonly kind: 'accepted' })
  | (Named & { readonly kind: 'heartbeat' })
  | (Named & { readonly kind: 'rejected'; readonly reason: string })
  | (Named & { readonly kind: 'progress'; readonly progress: ExecutionProgress })
  | (Named & { readonly kind: 'output'; readonly piece: OutputPiece })
  | (Named & { readonly kind: 'ended'; readonly report: ExecutionReport });

export interface HelloMessage {
  readonly kind: 'hello';
  readonly daemonId: string;
  readonly instanceId: string;
  readonly version: string;
  readonly types: readonly string[];
  readonly slots: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Handles of the executions that it says it still runs. */
  readonly running: readonly string[];
}

interface Named {
  readonly execution: ExecutionHandle;
  /** What the daemon calls the task. */
  readonly taskName: string;
}

const MOST_SLOTS = 10_000;
const MOST_RUNNING = 10_000;
const MOST_TYPES = 100;
const MOST_LABEL_BYTES = 4_096;
const MOST_TEXT = 65_536;
const MOST_CHUNK = 262_144;
const DAEMON_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** The versions of the event types that this gateway speaks: 1.0, 1.1 … */
const VERSION = /^1(\.\d{1,4}){1,2}$/;

/** @throws BoomerangError `invalid_request` naming the key and what is allowed. */
export function readDaemonMessage(event: StreamEvent): DaemonMessage {
  const reader = new EventReader(event);
  switch (event.type) {
    case 'daemon.hello':
      return readHello(reader);
    case 'daemon.drain':
      return { kind: 'drain' };
    case 'ping':
      return { kind: 'ping', atMs: reader.optional('at_ms', 32) };
    case 'pong':
      return { kind: 'pong' };
    case 'task.accepted':
      return { kind: 'accepted', ...readNamed(reader) };
    case 'task.rejected':
      return { kind: 'rejected', ...readNamed(reader), reason: reader.optional('reason', MOST_TEXT) };
    case 'task.heartbeat':
      return { kind: 'heartbeat', ...readNamed(reader) };
    case 'task.progress':
      return { kind: 'progress', ...readNamed(reader), progress: readProgress(reader) };
    case 'task.output':
      return { kind: 'output', ...readNamed(reader), piece: readPiece(reader) };
    case 'task.completed':
    case 'task.failed':
      return {
        kind: 'ended',
        ...readNamed(reader),
        report: readReport(reader, event.type === 'task.completed'),
      };
    case '':
      throw invalidField('type', 'it is empty', 'a type of docs/spage.md');
    default:
      throw invalidField('type', `${quote(event.type)} is not known`, 'a type of docs/spage.md');
  }
}

function readHello(reader: EventReader): HelloMessage {
  const version = reader.text('version', 32);
  if (!VERSION.test(version)) {
    throw invalidField('daemon.hello.version', `${quote(version)} is not spoken here`, '1.0 to 1.9999');
  }
  const types = list(reader.text('types', MOST_TEXT));
  if (types.length > MOST_TYPES) {
    throw invalidField('daemon.hello.types', `${types.length} types`, `at most ${MOST_TYPES}, or "*"`);
  }
  if (types.join() !== '*') for (const type of types) requireTaskType('daemon.hello.types', type);
  const running = list(reader.optional('running', 128 * MOST_RUNNING));
  return {
    kind: 'hello',
    daemonId: name(reader, 'daemon_id'),
    instanceId: name(reader, 'instance_id'),
    version,
    types,
    slots: reader.whole('slots', 0, MOST_SLOTS),
    labels: reader.entries('labels', MOST_LABEL_BYTES),
    running,
  };
}

function name(reader: EventReader, key: string): string {
  const text = reader.text(key, 64);
  if (DAEMON_ID.test(text)) return text;
  const allowed = '1 to 64 letters, digits, ".", "_" or "-", the first a letter or digit';
  throw invalidField(`daemon.hello.${key}`, `${quote(text)} is no name`, allowed);
}

function list(text: string): string[] {
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

function readNamed(reader: EventReader): Named {
  const token = reader.text('token', 128);
  const execution = parseExecutionHandle(token);
  if (!execution) {
    throw new BoomerangError(
      'invalid_request',
      'token: it is none; allowed: the one of task.assigned, as it came',
    );
  }
  return { execution, taskName: reader.optional('task_id', 128) };
}

function readProgress(reader: EventReader): ExecutionProgress {
  const percent = reader.number('progress', -1, 100, 0);
  if (percent < 0 && percent !== -1) {
    throw invalidField(
      'task.progress.progress',
      `${percent} is out of range`,
      '0 to 100, or -1 for a failed step',
    );
  }
  return {
    percent,
    message: reader.optional('message', MOST_TEXT),
    metadata: reader.entries('metadata', MOST_TEXT),
  };
}

function readPiece(reader: EventReader): OutputPiece {
  return {
    sequence: reader.whole('sequence', 0, Number.MAX_SAFE_INTEGER),
    offset: reader.whole('offset', 0, Number.MAX_SAFE_INTEGER),
    chunk: reader.bytes('chunk', MOST_CHUNK),
  };
}

function readReport(reader: EventReader, succeeded: boolean): ExecutionReport {
  return {
    succeeded,
    timedOut: !succeeded && reader.flag('timed_out'),
    exitCode: reader.whole('exit_code', -2_147_483_648, 2_147_483_647, succeeded ? 0 : -1),
    output: reader.bytes('output', MOST_CHUNK),
    error: reader.optional('error', MOST_TEXT),
    durationMs: Math.round(reader.number('duration', 0, Number.MAX_SAFE_INTEGER, 0) * 1_000),
    result: reader.entries('result', MOST_CHUNK),
  };
}
