/**
 * The process of those who mean no good: in one of its own, and at the lowest priority, because in life they are other
 * machines and don't take the gateway's cores.
 */
import { constants, setPriority } from 'node:os';
import { besiege } from '../door/siege.js';
import { throwFrames } from '../door/throw-frames.js';
import { serve } from './rpc.js';

setPriority(constants.priority.PRIORITY_LOW);
const methods = { besiege, throwFrames };
export type HostileMethods = typeof methods;
serve(methods);
