import type {
  Callback,
  CallbackProtocol,
  GrpcCallback,
  HttpCallback,
  TcpCallback,
  UdpCallback,
} from '@boomerang/domain';
import { boomerang } from '@boomerang/protocol';
import { checkOptions, type OptionNames, requireObject } from '../arguments/check-options.js';
import { checkFlag, checkOneOf, checkText } from '../arguments/check-values.js';

/** Without what this wire can't say. */
const HTTP: OptionNames<Omit<HttpCallback, 'method' | 'headers'>> = {
  protocol: true,
  endpoint: true,
  format: true,
  rawContentType: true,
};
const GRPC: OptionNames<GrpcCallback> = { protocol: true, endpoint: true };
const TCP: OptionNames<TcpCallback> = { protocol: true, endpoint: true };
const UDP: OptionNames<UdpCallback> = { protocol: true, endpoint: true, acked: true };
/** What each protocol's callback may say. */
const NAMES: Readonly<Record<CallbackProtocol, Readonly<Record<string, true>>>> = { HTTP, GRPC, TCP, UDP };

const PROTOCOLS = Object.keys(NAMES) as CallbackProtocol[];
const FORMATS: readonly NonNullable<HttpCallback['format']>[] = ['ENVELOPE', 'RAW'];

/** @throws BoomerangClientError `INVALID_REQUEST`. */
export function toCallbackConfig(callback: Callback): boomerang.CallbackConfig.$Properties {
  requireObject('callback', callback, 'an object with protocol, endpoint and what the protocol has besides');
  const protocol = checkOneOf('callback.protocol', callback.protocol, PROTOCOLS);
  checkOptions('callback', callback, NAMES[protocol], 'callback.');
  const config = {
    protocol: boomerang.CallbackConfig.Protocol[protocol],
    endpoint: checkText('callback.endpoint', callback.endpoint, "the receiver's URL, or host:port"),
  };
  if (callback.protocol === 'HTTP') return { ...config, ...httpConfig(callback) };
  if (callback.protocol !== 'UDP' || callback.acked === undefined) return config;
  return { ...config, udpAck: checkFlag('callback.acked', callback.acked) };
}

function httpConfig({ format = 'ENVELOPE', rawContentType }: HttpCallback) {
  const httpFormat = boomerang.CallbackConfig.HttpFormat[checkOneOf('callback.format', format, FORMATS)];
  if (rawContentType === undefined) return { httpFormat };
  return { httpFormat, rawContentType: checkText('callback.rawContentType', rawContentType) };
}
