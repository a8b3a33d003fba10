import { grpcMethod } from './grpc-method.js';
import { google, spage } from './protobuf.js';

const { api, core } = spage;
const { Empty } = google.protobuf;

const path = (method: string) => `/spage.api.SpageAPI/${method}`;

/** `spage.api.SpageAPI`, which the gateway serves, for grpc-js. */
export const spageApiService = {
  submitTask: grpcMethod(path('SubmitTask'), api.SubmitTaskRequest, api.SubmitTaskResponse),
  getTaskStatus: grpcMethod(path('GetTaskStatus'), api.GetTaskStatusRequest, api.GetTaskStatusResponse),
  cancelTask: grpcMethod(path('CancelTask'), api.CancelTaskRequest, api.CancelTaskResponse),
  submitTasks: grpcMethod(path('SubmitTasks'), api.SubmitTasksRequest, api.SubmitTasksResponse),
  getTaskStatuses: grpcMethod(
    path('GetTaskStatuses'),
    api.GetTaskStatusesRequest,
    api.GetTaskStatusesResponse,
  ),
  cancelTasks: grpcMethod(path('CancelTasks'), api.CancelTasksRequest, api.CancelTasksResponse),
  listTasks: grpcMethod(path('ListTasks'), api.ListTasksRequest, api.ListTasksResponse),
  streamEvents: grpcMethod(path('StreamEvents'), core.Event, core.Event, true),
  getTaskOutput: grpcMethod(path('GetTaskOutput'), api.GetTaskOutputRequest, api.GetTaskOutputResponse),
  authenticate: grpcMethod(path('Authenticate'), api.AuthRequest, api.AuthResponse),
  validateToken: grpcMethod(path('ValidateToken'), api.ValidateTokenRequest, api.ValidateTokenResponse),
  healthCheck: grpcMethod(path('HealthCheck'), Empty, core.HealthStatus),
  getMetrics: grpcMethod(path('GetMetrics'), Empty, core.Metrics),
} as const;
