const PLACEHOLDER = /\{([a-z][a-z_]*(?:\.[A-Za-z0-9_-]+)?)\}/g;

/** What a request may fill placeholders with; absent = it gives no such value. */
export type Values = Readonly<Record<string, string | undefined>>;

/** A text with placeholders, such as `--play-id={id}`. */
export class Template {
  readonly placeholders: readonly string[];

  constructor(readonly source: string) {
    this.placeholders = [...source.matchAll(PLACEHOLDER)].map(([, name = '']) => name);
  }

  /** The text with values in the place of placeholders; undefined if a value is absent. */
  render(values: Values): string | undefined {
    if (this.placeholders.some((name) => values[name] === undefined)) return undefined;
    return this.source.replaceAll(PLACEHOLDER, (_, name: string) => values[name] ?? '');
  }
}

/**
 * The arguments of a command. One whose placeholder has no value is left out, and with it the option in front of it:
 * `-i {inventory}`.
 */
export function renderArguments(templates: readonly Template[], values: Values): string[] {
  const rendered: string[] = [];
  for (const template of templates) {
    const argument = template.render(values);
    if (argument !== undefined) rendered.push(argument);
    else if (rendered.at(-1)?.startsWith('-')) rendered.pop();
  }
  return rendered;
}
