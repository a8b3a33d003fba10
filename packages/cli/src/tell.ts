/** Tells the user what goes on; standard output is kept for what programs read. */
export type Tell = (line: string) => void;

export const tell: Tell = (line) => void process.stderr.write(`boomerang: ${line}\n`);
