import { invalidField } from '@boomerang/domain';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';
import { HttpRefusal } from '../problem.js';

interface SchemaNode {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

/** Checks what came against a schema. The returned function throws a BoomerangError that names the field. */
export function requireSchema<S extends TSchema>(
  schema: S,
  { convert = false } = {},
): (value: unknown) => Static<S> {
  const compiled = Compile(schema);
  return (came) => {
    const value = convert ? Value.Convert(schema, came) : came;
    if (compiled.Check(value)) return value as Static<S>;
    throw refusal(schema as SchemaNode, compiled.Errors(value), value);
  };
}

interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
}

function refusal(root: SchemaNode, errors: readonly SchemaError[], value: unknown): Error {
  const error = errors.find(({ keyword }) => keyword !== 'boolean');
  const path = (error?.instancePath ?? '').split('/').slice(1);
  const node = path.reduce<SchemaNode | undefined>((at, part) => at?.properties?.[part], root);
  const { additionalProperties: unknown, requiredProperties: missing } = (error?.params ?? {}) as Record<
    string,
    string[] | undefined
  >;
  const inside = (name = '') => [...path, name].join('.');
  if (error?.keyword === 'additionalProperties') {
    return invalidField(
      inside(unknown?.[0]),
      'it is not known here',
      Object.keys(node?.properties ?? {}).join(', '),
    );
  }
  if (error?.keyword === 'required') {
    const name = missing?.[0] ?? '';
    return invalidField(inside(name), 'it is missing', kindOf(node?.properties?.[name]));
  }
  if (path.length === 0)
    return new HttpRefusal(400, 'the body is no JSON object; allowed: a JSON object', 'a JSON object');
  const came = path.reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], value);
  return invalidField(path.join('.'), `it is ${shown(came)}`, kindOf(node));
}

function kindOf(node: SchemaNode | undefined): string {
  return node?.description ?? (node?.type === 'integer' ? 'a whole number' : `of type ${node?.type}`);
}

function shown(came: unknown): string {
  return (JSON.stringify(came) ?? 'nothing').slice(0, 80);
}
