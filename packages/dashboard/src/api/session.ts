import { request } from './request.js';
import type { Identity } from './types.js';

/** The gateway keeps the key out of the page's reach: what it answers with is a cookie that no script can read. */
const PLACE = '/dashboard/session';

/** @throws ApiError with status 401 while nobody is signed in. */
export const whoIsSignedIn = () => request<Identity>('GET', PLACE);
export const signIn = (key: string) => request<Identity>('POST', PLACE, { key });
export const signOut = () => request<undefined>('DELETE', PLACE);
