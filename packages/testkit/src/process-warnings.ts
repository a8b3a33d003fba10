/**
 * The lines of a process's output in which Node warns of a fault, such as a leak of listeners. Deprecations are none: they
 * differ from one release of Node to the next.
 */
export function processWarnings(output: string): string[] {
  return output.match(/^\(node:\d+\) (?!\[DEP).*$/gm) ?? [];
}
