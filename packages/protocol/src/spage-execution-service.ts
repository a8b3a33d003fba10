import { decodeTaskProgress } from './decode-task-progress.js';
import { grpcMethod } from './grpc-method.js';
import { google, spage } from './protobuf.js';

const { core } = spage;
const { Empty } = google.protobuf;

const path = (method: string) => `/spage.core.SpageExecution/${method}`;

/** `spage.core.SpageExecution`, which a daemon serves, for grpc-js. */
export const spageExecutionService = {
  executeTask: grpcMethod(path('ExecuteTask'), core.ExecuteTaskRequest, core.ExecuteTaskResponse),
  cancelTask: grpcMethod(path('CancelTask'), core.CancelTaskRequest, core.CancelTaskResponse),
  getTaskStatus: grpcMethod(path('GetTaskStatus'), core.GetTaskStatusRequest, core.GetTaskStatusResponse),
  streamProgress: grpcMethod(path('StreamProgress'), core.ProgressUpdate, core.ProgressUpdate, true),
  healthCheck: grpcMethod(path('HealthCheck'), Empty, core.HealthStatus),
  getMetrics: grpcMethod(path('GetMetrics'), Empty, core.Metrics),
  registerTask: grpcMethod(path('RegisterTask'), core.RegisterTaskRequest, core.RegisterTaskResponse),
  executePlay: grpcMethod(path('ExecutePlay'), core.ExecutePlayRequest, core.ExecutePlayResponse),
  cancelPlay: grpcMethod(path('CancelPlay'), core.CancelPlayRequest, core.CancelPlayResponse),
  getPlayStatus: grpcMethod(path('GetPlayStatus'), core.GetPlayStatusRequest, core.GetPlayStatusResponse),
  registerPlay: grpcMethod(path('RegisterPlay'), core.RegisterPlayRequest, core.RegisterPlayResponse),
  registerPlayCompletion: grpcMethod(
    path('RegisterPlayCompletion'),
    core.RegisterPlayCompletionRequest,
    core.RegisterPlayCompletionResponse,
  ),
  streamPlayProgress: grpcMethod(
    path('StreamPlayProgress'),
    core.PlayProgressUpdate,
    core.PlayProgressUpdate,
    true,
  ),
  streamTaskProgress: grpcMethod(
    path('StreamTaskProgress'),
    { encode: core.TaskProgressUpdate.encode, decode: decodeTaskProgress },
    core.TaskProgressUpdate,
    true,
  ),
} as const;
