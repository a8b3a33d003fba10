import { type BoomerangError, ERROR_CODES } from '@boomerang/domain';
import { encodeRpcStatus, RPC_STATUS_TRAILER, type spage } from '@boomerang/protocol';
import { Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { fieldOnWire } from '../../envelope/field-on-wire.js';

/** An error as the field that the answers of `SpageAPI` have for it. */
export function errorToSpage(error: BoomerangError): spage.core.Error.$Properties {
  const field: Record<string, string> = error.field === undefined ? {} : { field: fieldOnWire(error.field) };
  const details = { ...field, ...limitToWire(error) };
  return { code: error.code, message: error.messageIn(fieldOnWire), details };
}

function limitToWire({ limit }: BoomerangError): Record<string, string> {
  if (!limit) return {};
  const { name, most, windowMs, retryAfterMs } = limit;
  const window: Record<string, string> = windowMs === undefined ? {} : { window_ms: String(windowMs) };
  return {
    limit: fieldOnWire(name),
    most: String(most),
    ...window,
    retry_after_ms: String(retryAfterMs),
  };
}

/** An error as the status of a call, with its code in the details that gRPC's clients read. */
export function errorToStatus(error: BoomerangError): Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  const code = status[ERROR_CODES[error.code].grpc];
  const metadata = new Metadata();
  metadata.set(RPC_STATUS_TRAILER, encodeRpcStatus(code, errorToSpage(error)));
  return { code, details: error.messageIn(fieldOnWire), metadata };
}
