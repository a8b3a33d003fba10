import { Type } from 'typebox';
import { ALLOWED_DURATION } from './duration.js';

export const closed = { additionalProperties: false } as const;
export const Duration = Type.Union([Type.Integer(), Type.String()], { description: ALLOWED_DURATION });
/** A time that comes. */
export const TimeText = Type.String({ description: 'a time by RFC 3339, such as "2030-01-31T12:00:00Z"' });
/** A time that is told. */
export const Time = Type.String({ format: 'date-time' });
