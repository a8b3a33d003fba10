import type { Step } from './steps.js';

/** Of the occurrences of one task some are claimed ahead, and put off; the task ends; the clock goes on. */
const NOTHING_BUT_ENDED_IN_A_FULL_CLAIM: Step[] = [
  ['register', [604, 900, 900, { expiry: undefined, recurrence: undefined, untilAfterMs: undefined }]],
  ['claim', [270, 1, 5_000, []]],
  ['claim', [904, 2, 60_000, []]],
  ['claim', [328, 4, 5_000, []]],
  [
    'claim',
    [
      702,
      4,
      5_000,
      [
        [2, 0],
        [0, 0],
      ],
    ],
  ],
  ['settle', [{ of: 'current', picks: [346, 114, 3, 909] }, 'retry', 0]],
  ['settle', [{ of: 'current', picks: [107, 960] }, 'stop', 0]],
  ['stepClock', 15_000],
  ['claim', [347, 2, 0, []]],
];

const ONCE = { expiry: undefined, recurrence: undefined, untilAfterMs: undefined };
const EXPIRES = { ...ONCE, expiry: { afterMs: 5_000, deadLetters: true } };

/** One claim by turns meets expired occurrences of two clients. */
const EXPIRED_OF_TWO_CLIENTS: Step[] = [
  ['register', [0, 0, 0, ONCE]],
  ['register', [782, 0, 0, ONCE]],
  ['register', [0, 0, 0, ONCE]],
  ['register', [182, 0, 0, EXPIRES]],
  ['claim', [0, 3, 1, [[0, 1]]]],
  ['claim', [0, 1, 0, []]],
  ['register', [0, 0, 0, EXPIRES]],
];

/** Lists of steps on which engine and model once differed. */
export const EXAMPLES: [Step[]][] = [[NOTHING_BUT_ENDED_IN_A_FULL_CLAIM], [EXPIRED_OF_TWO_CLIENTS]];
