const tasks = new Set<() => void>();

/** Runs `task` (which can't wait for anything) when this process exits. Returns a function that takes it back. */
export function atExit(task: () => void): () => void {
  if (tasks.size === 0) process.on('exit', runAll);
  tasks.add(task);
  return () => {
    tasks.delete(task);
    if (tasks.size === 0) process.off('exit', runAll);
  };
}

/** Last in, first out: a server ends before its folder goes. */
function runAll(): void {
  for (const task of [...tasks].reverse()) task();
}
