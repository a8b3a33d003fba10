import { type Declaration, type Present, type Setting, setting } from '../setting.js';

interface IntegerDeclaration extends Declaration<number> {
  /** Inclusive. Default: the smallest safe integer. */
  min?: number;
  /** Inclusive. Default: the largest safe integer. */
  max?: number;
}

/** A whole number in decimal digits. */
export function integer(declaration: IntegerDeclaration & Present<number>): Setting<number>;
export function integer(declaration: IntegerDeclaration): Setting<number | undefined>;
export function integer(declaration: IntegerDeclaration): Setting<number | undefined> {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = declaration;
  return setting<number | undefined>(declaration, {
    kind: 'integer',
    allowed: `an integer${range(declaration)}${declaration.unit ? ` (${declaration.unit})` : ''}`,
    parse: (text) => parseInteger(text, min, max),
  });
}

/** Undefined unless the text is a whole number within the bounds. */
export function parseInteger(text: string, min: number, max: number): number | undefined {
  const value = Number(text);
  return /^-?\d+$/.test(text) && value >= min && value <= max ? value : undefined;
}

function range({ min, max }: IntegerDeclaration): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  if (min !== undefined) return ` of at least ${min}`;
  return max === undefined ? '' : ` of at most ${max}`;
}
