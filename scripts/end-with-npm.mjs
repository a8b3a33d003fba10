import { readFileSync } from 'node:fs';

/** Whatever npm runs has this in its environment. */
const MARK = 'npm_lifecycle_event';
const LOOK_EVERY_MS = 500;

/**
 * Sends this process SIGTERM when npm, which runs it, or a process between the two ends first: a shell passes nothing on,
 * and SIGKILL can't be. Without npm nothing is watched: who starts this by hand may well leave it running.
 */
export function endWithNpm() {
  if (!process.env[MARK]) return;
  const watched = ancestors();
  const timer = setInterval(() => {
    if (watched.every(isThere)) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  timer.unref();
}

/**
 * From the parent up to npm; the parent alone where the system shows no more. npm may have ended before this is called: then
 * the parent is whoever takes in orphans, and npm's place is taken by a process that isn't there.
 */
function ancestors() {
  const found = [];
  for (let pid = process.ppid; pid > 0; ) {
    const { startedAt, parent } = look(pid) ?? {};
    found.push({ pid, startedAt });
    if (parent === undefined || isNpm(pid)) break;
    const marked = hasMark(pid);
    if (marked === undefined) break;
    if (!marked) return found.length === 1 ? [{ pid, startedAt: 'never' }] : found;
    pid = parent;
  }
  return found;
}

/** Or what else runs the scripts of a package, such as pnpm. */
function isNpm(pid) {
  const { npm_config_user_agent: agent = 'npm' } = process.env;
  const [name] = agent.split('/');
  return read(pid, 'cmdline').includes(name);
}

/** Undefined where the system doesn't let its environment be read. */
function hasMark(pid) {
  const environment = read(pid, 'environ');
  if (environment === '') return undefined;
  return environment.split('\0').some((variable) => variable.startsWith(`${MARK}=`));
}

function isThere({ pid, startedAt }) {
  return startedAt === undefined ? process.ppid === pid : look(pid)?.startedAt === startedAt;
}

/** Of /proc/<pid>/stat the 4th and the 22nd field; the second may contain anything. A dead process isn't there. */
function look(pid) {
  const stat = read(pid, 'stat');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const isAlive = stat !== '' && fields[0] !== 'Z';
  return isAlive ? { parent: Number(fields[1]), startedAt: fields[19] } : undefined;
}

/** Empty where there is no such process, or no /proc. */
function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
