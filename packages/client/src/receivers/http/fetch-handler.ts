import { MAX_FRAME_BYTES } from '@boomerang/protocol';
import { nowMs } from '../callback.js';
import { answerCallback, NOT_POSTED } from './answer-callback.js';
import type { HttpAnswer } from './http-answer.js';
import { checkHttpHandlerOptions, type HttpHandlerOptions } from './http-handler-options.js';

/**
 * A handler of callbacks for frameworks that hand over a `Request` and take a `Response`: Hono, Next.js, SvelteKit, Remix.
 *
 * @throws BoomerangClientError for options that can't be used.
 */
export function createFetchHandler(options: HttpHandlerOptions): (request: Request) => Promise<Response> {
  const checked = checkHttpHandlerOptions(options);
  return async (request) => {
    const receivedAtMs = nowMs();
    if (request.method !== 'POST') return toResponse(NOT_POSTED);
    const body = await readWhole(request);
    const headers = Object.fromEntries(request.headers);
    return new Promise((resolve) => {
      answerCallback({ body, headers, receivedAtMs }, checked, (answer) => resolve(toResponse(answer)));
    });
  };
}

/** Undefined as soon as it is too long. */
async function readWhole(request: Request): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const reader = request.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    bytes += read.value.length;
    if (bytes > MAX_FRAME_BYTES) {
      await reader?.cancel();
      return undefined;
    }
    chunks.push(read.value);
  }
  return Buffer.concat(chunks);
}

function toResponse({ status, contentType, body }: HttpAnswer): Response {
  // 204, 205 and 304 have no body, not even an empty one.
  const content = body.length === 0 ? null : new Uint8Array(body);
  return new Response(content, { status, headers: { 'content-type': contentType } });
}
