import { VERSION } from '@boomerang/runtime';
import { ProblemJson } from './json/schemas.js';
import type { Route } from './route.js';

const json = (schema: object) => ({ 'application/json': { schema } });

/** The API's description (OpenAPI 3.1), made of the schemas that requests are checked against. */
export function openApiOf(routes: readonly Route[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Boomerang', version: VERSION, description: 'Durable timers over HTTP.' },
    security: [{ bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'API key, token or session id' },
      },
      schemas: { Problem: ProblemJson },
    },
  };
}

function operationOf({ name, summary, path, query, headers = [], ...rest }: Route): object {
  const { body, bodyIsOptional, status, answer, type = 'application/json' } = rest;
  return {
    operationId: name,
    summary,
    parameters: [...pathParameters(path), ...queryParameters(query), ...headers.map(headerParameter)],
    ...(body && { requestBody: { required: !bodyIsOptional, content: json(body) } }),
    responses: {
      [status]: { description: 'Done.', content: { [type]: { schema: answer } } },
      default: {
        description: 'A problem.',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function pathParameters(path: string): object[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: object = {}): object[] {
  const { properties = {}, required = [] } = query as {
    readonly properties?: Record<string, object>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameter(name: string): object {
  return { name, in: 'header', required: false, schema: { type: 'string' } };
}
