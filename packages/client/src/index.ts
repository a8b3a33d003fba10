export type { ErrorCode, Retry } from '@boomerang/domain';
export { BoomerangClientError, type ClientErrorStatus } from './connection/client-error.js';
export { type ConnectOptions, connect, type TlsOptions } from './connection/connect.js';
export type { Connection, RequestEnvelope } from './connection/connection.js';
export { ConnectionClosedError } from './connection/connection-closed-error.js';
export type { DeadLetterInfo } from './dead-letters/dead-letter-info.js';
export type {
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterPaging,
  DeadLetterSelection,
  DeadLetters,
  PurgePage,
  RefusedDeadLetter,
  ReplayPage,
} from './dead-letters/dead-letters.js';
export type {
  CallbackHandler,
  CallbackHeaders,
  CallbackVerdict,
  ReceivedCallback,
} from './receivers/callback.js';
export {
  createGrpcReceiver,
  type GrpcReceiver,
  type GrpcReceiverOptions,
} from './receivers/grpc/receiver.js';
export type { HttpVerdict } from './receivers/http/answer.js';
export {
  createHttpReceiver,
  type HttpReceiver,
  type HttpReceiverOptions,
} from './receivers/http/receiver.js';
export { createTcpReceiver, type TcpReceiver, type TcpReceiverOptions } from './receivers/tcp/receiver.js';
export { createUdpReceiver, type UdpReceiver, type UdpReceiverOptions } from './receivers/udp/receiver.js';
export {
  SignatureError,
  type VerifyOptions,
  verifyCallback,
  verifySignature,
} from './receivers/verify-callback.js';
export type { AttemptInfo } from './session/attempt-info.js';
export { type OpenedSession, openSession, type SessionOptions } from './session/open-session.js';
export { pages } from './session/pages.js';
export { resumeSession } from './session/resume-session.js';
export type { IntervalOptions, Registration, Session } from './session/session.js';
export type { ListFilter, TaskInfo, TaskPage } from './session/task-info.js';
