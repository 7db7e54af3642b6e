import { X509Certificate } from 'node:crypto';
import { assembleSigned } from './assemble-signed.ts';
import { crossCheck } from './cross-check.ts';
import { lint } from './lint/lint.ts';
import type { LintContext } from './lint/rule.ts';
import { type Prepared, prepare } from './prepared.ts';

/**
 * Lints the to-be-signed bytes, has OpenSSL read them under a dummy signature, and seals them.
 * @throws AppError `internal` naming the rules in `internal`: bytes that fail are a fault of the program.
 */
export function prepareCertificate(tbs: Uint8Array, context: LintContext): Prepared {
  const { issuer, serialNumber, kind } = context;
  const assemble = (signature: Uint8Array) => assembleSigned(tbs, issuer.keySpec, signature);
  return prepare({
    kind: 'certificate',
    tbs,
    signer: issuer,
    about: { serialNumber, kind },
    checks: {
      lint: () => lint(tbs, context).map(({ rule, detail }) => `${rule}: ${detail}`),
      crossCheck: () => crossCheck(assemble(Uint8Array.of(0)), context),
    },
    assemble,
    verify: (der, publicKey) => new X509Certificate(der).verify(publicKey),
  });
}
