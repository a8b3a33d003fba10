export type { Callback, ErrorClass, ErrorCode, Retry, TaskState } from '@boomerang/domain';
export type { Paging } from './arguments/paging.js';
export type { Bytes } from './arguments/to-bytes.js';
export { BoomerangClientError, type ClientErrorStatus } from './connection/client-error.js';
export { type ConnectOptions, connect } from './connection/connect.js';
export { ConnectError, type ConnectErrorCode } from './connection/connect-error.js';
export type { Connection } from './connection/connection.js';
export { type ConnectionClosedCode, ConnectionClosedError } from './connection/connection-closed-error.js';
export type { RequestEnvelope } from './connection/request-envelope.js';
export type { RequestOptions } from './connection/request-options.js';
export { RequestTimeoutError } from './connection/request-timeout-error.js';
export type { TlsOptions } from './connection/tls-options.js';
export type { DeadLetterInfo } from './dead-letters/dead-letter-info.js';
export type {
  DeadLetterPage,
  DeadLetters,
  PurgePage,
  RefusedDeadLetter,
  ReplayPage,
} from './dead-letters/dead-letters.js';
export type { DeadLetterFilter, DeadLetterSelection } from './dead-letters/selection.js';
export { type HttpSession, type HttpSessionOptions, openHttpSession } from './http/open-http-session.js';
export { type JsonRequest, requestJson } from './http/request-json.js';
export {
  type LastingSession,
  type LastingSessionOptions,
  openLastingSession,
} from './lasting/open-lasting-session.js';
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
export { fastifyCallbacks } from './receivers/http/fastify-callbacks.js';
export { createFetchHandler } from './receivers/http/fetch-handler.js';
export type { HttpVerdict } from './receivers/http/http-answer.js';
export type { HttpHandlerOptions } from './receivers/http/http-handler-options.js';
export {
  createNodeHandler,
  type NodeCallbackHandler,
  type NodeRequest,
} from './receivers/http/node-handler.js';
export {
  createHttpReceiver,
  type HttpReceiver,
  type HttpReceiverOptions,
} from './receivers/http/receiver.js';
export { createTcpReceiver, type TcpReceiver, type TcpReceiverOptions } from './receivers/tcp/receiver.js';
export { createUdpReceiver, type UdpReceiver, type UdpReceiverOptions } from './receivers/udp/receiver.js';
export { DeadLetter, RetryAfter, StopRecurrence } from './receivers/verdict-errors.js';
export {
  SignatureError,
  type VerifyOptions,
  verifyCallback,
  verifySignature,
} from './receivers/verify-callback.js';
export type { AttemptInfo } from './session/attempt-info.js';
export { type OpenedSession, openSession } from './session/open-session.js';
export { pages } from './session/pages.js';
export { resumeSession } from './session/resume-session.js';
export type {
  PreviewOptions,
  Session,
} from './session/session.js';
export type { SessionOptions } from './session/session-options.js';
export type { BatchTask, Registration } from './session/task-batch.js';
export type { ChangedTask, PausedTask, TaskChange, TaskChanges } from './session/task-changes.js';
export type { ListFilter, TaskInfo, TaskPage } from './session/task-info.js';
export type {
  CronOptions,
  IntervalOptions,
  RecurringOptions,
  TimeoutOptions,
} from './session/task-options.js';
