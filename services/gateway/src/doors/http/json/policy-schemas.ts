import { HTTP_METHODS, MAX_ATTEMPTS } from '@boomerang/domain';
import { Type } from 'typebox';
import { closed, Duration, Time } from './basic-schemas.js';

const method = Type.Optional(
  Type.Union(
    [
      Type.Literal('POST'),
      Type.Literal('PUT'),
      Type.Literal('PATCH'),
      Type.Literal('DELETE'),
      Type.Literal('GET'),
    ],
    { description: `over HTTP: ${HTTP_METHODS.join(', ')}; default POST` },
  ),
);

const callbackFields = {
  url: Type.String({ description: 'Its scheme names the wire: http, https, grpc, grpcs, tcp or udp.' }),
  format: Type.Optional(
    Type.Union([Type.Literal('raw'), Type.Literal('envelope')], {
      description: '"raw" (the bare payload; default) or "envelope", over HTTP',
    }),
  ),
  contentType: Type.Optional(Type.String({ description: 'Of a raw body; default: that of the payload.' })),
  acked: Type.Optional(Type.Boolean({ description: 'Whether the receiver answers each datagram.' })),
  method,
};

export const CallbackJson = Type.Object(
  {
    ...callbackFields,
    headers: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'an object of texts: headers of requests over HTTP; their values are never shown',
      }),
    ),
  },
  closed,
);

/** Of headers only the names are shown. */
export const ShownCallbackJson = Type.Object({
  ...callbackFields,
  headerNames: Type.Optional(Type.Array(Type.String())),
});

export const RetryJson = Type.Object(
  {
    maxAttempts: Type.Optional(Type.Integer({ description: `a whole number from 1 to ${MAX_ATTEMPTS}` })),
    strategy: Type.Optional(
      Type.Union([Type.Literal('fixed'), Type.Literal('exponential')], {
        description: '"fixed" or "exponential"',
      }),
    ),
    interval: Type.Optional(Duration),
    maxInterval: Type.Optional(Duration),
  },
  closed,
);

const rest = {
  retry: Type.Optional(RetryJson),
  dlq: Type.Optional(Type.Object({ destination: Type.Optional(Type.String()) }, closed)),
};

export const policyFields = { callback: Type.Optional(CallbackJson), ...rest };
export const shownPolicyFields = { callback: Type.Optional(ShownCallbackJson), ...rest };

/** By its name, in the place of the rest. */
export const policyName = Type.Optional(Type.String({ description: 'the name of a stored policy' }));

export const PolicyJson = Type.Object(policyFields, closed);
export const ShownPolicyJson = Type.Object(shownPolicyFields);

export const PutPolicyJson = Type.Object(
  {
    ...policyFields,
    default: Type.Optional(
      Type.Boolean({
        description: 'true or false: whether it holds for registrations that say nothing else',
      }),
    ),
  },
  closed,
);

export const NamedPolicyJson = Type.Object({
  name: Type.String(),
  default: Type.Boolean(),
  changedAt: Time,
  ...shownPolicyFields,
});

export const PoliciesJson = Type.Object({ policies: Type.Array(NamedPolicyJson) });
export const RemovedPolicyJson = Type.Object({ name: Type.String() });
