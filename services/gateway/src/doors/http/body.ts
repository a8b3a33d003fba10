import { HttpRefusal } from './problem.js';

export interface Body {
  readonly value: unknown;
  readonly text: string;
}

/** @throws HttpRefusal for what is no JSON in UTF-8. */
export function parseBody(bytes: Buffer): Body {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return { text, value: JSON.parse(text) };
  } catch (error) {
    throw new HttpRefusal(
      400,
      `the body is no JSON: ${(error as Error).message.slice(0, 200)}`,
      'JSON in UTF-8',
    );
  }
}
