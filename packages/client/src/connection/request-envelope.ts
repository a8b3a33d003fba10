import type { boomerang } from '@boomerang/protocol';

/** A message of the contract with its session: what `proto/boomerang.proto` calls BoomerangEnvelope. */
export type RequestEnvelope = boomerang.BoomerangEnvelope.$Properties;
