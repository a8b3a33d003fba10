import { BoomerangError } from '@boomerang/domain';
import { HttpRefusal } from './problem.js';

const IN_WORDS: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE:
    'the body is too large; allowed: at most 8388608 bytes, a payload at most 1048576',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'the body has another content type; allowed: application/json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'there is no body; allowed: a JSON object',
};

/** Whatever was thrown on a request's way, as an error that its sender may see. */
export function refusalOfFastify(error: unknown): BoomerangError {
  if (error instanceof BoomerangError) return error;
  const {
    statusCode = 500,
    code = '',
    message,
  } = error as { statusCode?: number; code?: string; message: string };
  return statusCode < 500
    ? new HttpRefusal(statusCode, IN_WORDS[code] ?? message)
    : BoomerangError.from(error);
}
