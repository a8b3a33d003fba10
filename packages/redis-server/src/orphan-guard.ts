import { type ChildProcess, spawn } from 'node:child_process';

/** How a child is ended that this process leaves behind. */
export interface OrphanEnd {
  /** TERM lets it end in order. */
  readonly signal: 'TERM' | 'KILL';
  /** From TERM to KILL, in ms. Default 0. */
  readonly graceMs?: number;
  /** Those of the second stage are ended once those of the first are gone: what others need to end in order. Default 1. */
  readonly stage?: 1 | 2;
  /** Removed once all children are gone. */
  readonly folder?: string;
}

/**
 * Reads what there is to end: a line for each child with stage, signal, grace in tenths of a second, pid and folder, and
 * a dot behind the last one. Its input ends with the process that writes that, however that came about.
 *
 * It lives in a session of its own and ignores what may still reach it, because just when everything else is ended it is
 * needed. A dead process stays visible until somebody reaps it, which not every container's first process does.
 */
const SCRIPT = `trap "" INT TERM HUP
state= draft=
while IFS= read -r line; do
  if [ "$line" = . ]; then state=$draft draft=; else draft="$draft$line
"; fi
done
is_gone() {
  kill -0 "$1" 2>/dev/null || return 0
  case "$(sed 's/.*)//' "/proc/$1/stat" 2>/dev/null)" in " Z"* | " X"*) return 0 ;; esac
  return 1
}
entries() { printf %s "$state"; }
for now in 1 2; do
  entries | while read -r stage signal grace pid folder; do
    [ "$stage" = "$now" ] && kill "-$signal" "$pid" 2>/dev/null
  done
  tenths=0
  while
    left=$(entries | while read -r stage signal grace pid folder; do
      [ "$stage" != "$now" ] || is_gone "$pid" && continue
      [ "$tenths" -ge "$grace" ] && kill -KILL "$pid" 2>/dev/null
      [ "$tenths" -le "$((grace + 20))" ] && echo "$pid"
    done)
    [ -n "$left" ]
  do sleep 0.1; tenths=$((tenths + 1)); done
done
entries | while read -r stage signal grace pid folder; do [ -z "$folder" ] || rm -rf "$folder"; done`;

/** A guard that ends sooner than that ends again: then there is none to be had. */
const SHORTEST_LIFE_MS = 1_000;

const children = new Map<ChildProcess, OrphanEnd>();
let guard: ChildProcess | undefined;

/** Sees to it that `child` ends when this process dies without having ended it, even by SIGKILL. */
export function guardAgainstOrphan(child: ChildProcess, end: OrphanEnd): void {
  if (child.pid === undefined) return;
  children.set(child, end);
  tellGuard();
  child.once('exit', () => {
    children.delete(child);
    tellGuard();
  });
}

function tellGuard(): void {
  guard ??= startGuard();
  guard.stdin?.write(`${[...children].map(describe).join('')}.\n`);
  if (children.size > 0) return;
  guard.stdin?.end();
  guard = undefined;
}

function describe([{ pid }, { signal, graceMs = 0, stage = 1, folder = '' }]: [
  ChildProcess,
  OrphanEnd,
]): string {
  return `${stage} ${signal} ${Math.ceil(graceMs / 100)} ${pid} ${folder}\n`;
}

function startGuard(): ChildProcess {
  const startedAt = performance.now();
  const started = spawn('/bin/sh', ['-c', SCRIPT, 'orphan-guard'], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  started.on('error', () => undefined);
  started.stdin?.on('error', () => undefined);
  started.once('exit', () => {
    if (guard !== started) return;
    guard = undefined;
    if (performance.now() - startedAt > SHORTEST_LIFE_MS && children.size > 0) tellGuard();
  });
  started.unref();
  (started.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  return started;
}
