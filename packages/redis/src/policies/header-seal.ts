import { BoomerangError, type CustomHeaders, type HeaderSeal, invalidField } from '@boomerang/domain';
import { sealAlike, unseal } from '../clients/seal.js';
import type { SigningSecretDirectory } from '../clients/signing-secrets.js';

interface Keys {
  readonly masterKey: Uint8Array;
  readonly secrets: Pick<SigningSecretDirectory, 'markMasterKey'>;
}

/** @param keys undefined where there is no master key. */
export function createHeaderSeal(keys: Keys | undefined): HeaderSeal {
  let marked: Promise<void> | undefined;

  return {
    async seal(clientId, headers) {
      if (!keys) {
        const problem = 'this gateway has no BOOMERANG_MASTER_KEY, under which their values are sealed';
        throw invalidField('callback.headers', problem, 'none');
      }
      marked ??= keys.secrets.markMasterKey().catch((error) => {
        marked = undefined;
        throw error;
      });
      await marked;
      const plain = Buffer.from(JSON.stringify(headers));
      return {
        names: Object.keys(headers),
        sealed: sealAlike(keys.masterKey, contextOf(clientId), plain),
      };
    },

    open(clientId, { sealed }) {
      if (!keys) throw new BoomerangError('internal', 'there is no master key');
      try {
        return JSON.parse(unseal(keys.masterKey, contextOf(clientId), sealed).toString()) as CustomHeaders;
      } catch (cause) {
        const problem = 'were sealed under another BOOMERANG_MASTER_KEY, or changed since';
        throw new Error(`headers of client ${clientId} ${problem}`, { cause });
      }
    },
  };
}

function contextOf(clientId: string): string {
  return `boomerang callback headers of ${clientId}`;
}
