/**
 * Where a task stands.
 *
 * - `scheduled`: its next occurrence waits in the due index
 * - `in_flight`: an attempt is under way
 * - `retrying`: an attempt failed and the next one waits in the due index
 * - `paused`: its client has paused it, and no attempt is under way
 * - the rest are ends: nothing more will happen
 */
export type TaskState = 'scheduled' | 'in_flight' | 'retrying' | 'paused' | EndState;

/** How a task ended. */
export type EndState = 'delivered' | 'sent' | 'dead_lettered' | 'cancelled' | 'expired';
