/** Prints a message for people on standard error. Standard output is for what programs read. */
export type Tell = (line: string) => void;

export const tell: Tell = (line) => void process.stderr.write(`boomerang: ${line}\n`);
