export type { AttemptInfo } from './attempt-info.js';
export type { CallbackHandler, CallbackHeaders, CallbackVerdict, ReceivedCallback } from './callback.js';
export { BoomerangClientError, type ClientErrorStatus } from './client-error.js';
export { type ConnectOptions, connect, type TlsOptions } from './connect.js';
export type { Connection, RequestEnvelope } from './connection.js';
export { ConnectionClosedError } from './connection-closed-error.js';
export type { DeadLetterInfo } from './dead-letter-info.js';
export type {
  DeadLetterFilter,
  DeadLetterPage,
  DeadLetterPaging,
  DeadLetterSelection,
  DeadLetters,
  PurgePage,
  RefusedDeadLetter,
  ReplayPage,
} from './dead-letters.js';
export { createGrpcReceiver, type GrpcReceiver, type GrpcReceiverOptions } from './grpc/receiver.js';
export type { HttpVerdict } from './http/answer.js';
export { createHttpReceiver, type HttpReceiver, type HttpReceiverOptions } from './http/receiver.js';
export { type OpenedSession, openSession, type SessionOptions } from './open-session.js';
export { pages } from './pages.js';
export { resumeSession } from './resume-session.js';
export type { IntervalOptions, Registration, Session } from './session.js';
export type { ListFilter, TaskInfo, TaskPage } from './task-info.js';
export { createTcpReceiver, type TcpReceiver, type TcpReceiverOptions } from './tcp/receiver.js';
export { createUdpReceiver, type UdpReceiver, type UdpReceiverOptions } from './udp/receiver.js';
export {
  SignatureError,
  type VerifyOptions,
  verifyCallback,
  verifySignature,
} from './verify-callback.js';
