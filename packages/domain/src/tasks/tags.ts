import { invalidField } from '../errors.js';
import { quote } from '../quote.js';

const MOST_TAGS = 8;
const MOST_TAG_LENGTH = 64;

/** Control characters and halves of surrogate pairs; a comma, which separates tags in texts; blanks at an end. */
const REFUSED = /[\p{Cc}\p{Cs},]|^\s|\s$/u;

const ALLOWED_TAG = `1 to ${MOST_TAG_LENGTH} characters without control characters and commas, and no blank at an end`;
const ALLOWED_TAGS = `at most ${MOST_TAGS} tags, each ${ALLOWED_TAG}`;

/** What is wrong with a task's tags; undefined if nothing is. */
export function tagsProblem(tags: readonly string[]): string | undefined {
  if (tags.length > MOST_TAGS) return `${tags.length} tags`;
  const bad = tags.find((tag) => !isTag(tag));
  return bad === undefined ? undefined : `${quote(bad)} is no tag`;
}

/** @throws BoomerangError `invalid_request` if tasks can't have these tags. */
export function validateTags(field: string, tags: readonly string[]): void {
  const problem = tagsProblem(tags);
  if (problem) throw invalidField(field, problem, ALLOWED_TAGS);
}

/** @throws BoomerangError `invalid_request` if no task can have this tag. */
export function validateTag(field: string, tag: string): void {
  if (!isTag(tag)) throw invalidField(field, `${quote(tag)} is no tag`, ALLOWED_TAG);
}

function isTag(tag: string): boolean {
  return tag !== '' && tag.length <= MOST_TAG_LENGTH && !REFUSED.test(tag);
}
