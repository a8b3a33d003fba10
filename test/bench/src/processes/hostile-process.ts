/** The process of those who mean no good: in one of its own, so that they don't slow down who measures. */
import { besiege } from '../door/siege.js';
import { throwFrames } from '../door/throw-frames.js';
import { serve } from './rpc.js';

const methods = { besiege, throwFrames };
export type HostileMethods = typeof methods;
serve(methods);
