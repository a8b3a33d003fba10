import { PERMISSIONS } from '@boomerang/domain';
import { Type } from 'typebox';
import { closed, Time } from './basic-schemas.js';

const permissions = Type.Array(Type.Union(PERMISSIONS.map((name) => Type.Literal(name))), {
  description: `a list out of ${PERMISSIONS.join(', ')}; default all but admin`,
});

const newKeyFields = {
  name: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '^[^\\x00-\\x1f\\x7f]*$',
      description: 'what people call the key: 1 to 100 characters',
    }),
  ),
  permissions: Type.Optional(permissions),
  expires: Type.Optional(
    Type.String({ description: 'when the key ends: in "90d", "12h" or "30m", or at a time by RFC 3339' }),
  ),
};

export const NewKeyJson = Type.Object(newKeyFields, closed);

export const NewClientJson = Type.Object(
  {
    id: Type.String({ description: 'the name of the client' }),
    key: Type.Optional(NewKeyJson),
  },
  closed,
);

export const KeyJson = Type.Object({ clientId: Type.String(), id: Type.String(), key: Type.String() });
export const ClientMadeJson = Type.Object({
  id: Type.String(),
  key: Type.Object({ id: Type.String(), key: Type.String() }),
});

const keyDetails = Type.Object({
  id: Type.String(),
  name: Type.String(),
  permissions: Type.Array(Type.String()),
  addresses: Type.Optional(Type.Array(Type.String())),
  createdAt: Type.Optional(Time),
  lastUsedAt: Type.Optional(Time),
  expiresAt: Type.Optional(Time),
  revokedAt: Type.Optional(Time),
});

const clientFields = {
  id: Type.String(),
  createdAt: Time,
  removingSince: Type.Optional(Time),
  keys: Type.Array(keyDetails),
};

export const ClientsJson = Type.Object({ clients: Type.Array(Type.Object(clientFields)) });

export const ClientJson = Type.Object({
  ...clientFields,
  tasks: Type.Integer(),
  deadLetters: Type.Integer(),
  signingSecrets: Type.Integer(),
});

export const RemoveClientQuery = Type.Object(
  { withTasks: Type.Optional(Type.Boolean({ description: 'true or false' })) },
  closed,
);

export const RemovalJson = Type.Object({
  keys: Type.Integer(),
  sessions: Type.Integer(),
  signingSecrets: Type.Integer(),
  tasks: Type.Integer(),
  attemptsUnderWay: Type.Integer(),
  deadLetters: Type.Integer(),
  notForwarded: Type.Integer(),
  begunAt: Type.Optional(Time),
});

const secretFields = { id: Type.String(), createdAt: Time };
export const SecretsJson = Type.Object({ secrets: Type.Array(Type.Object(secretFields)) });
export const NewSecretJson = Type.Object({ ...secretFields, secret: Type.String() });
export const RevokedJson = Type.Object({ id: Type.String() });
