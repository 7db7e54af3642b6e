import type { CaKeySpec } from '../../domain/authority.ts';
import type { KeyKind } from '../../domain/key-kind.ts';
import { hex, type Rule, sameBytes } from './rule.ts';

/** The identifiers after the two SEQUENCE headers: RFC 3279 section 2.3.1, RFC 5480 section 2.1.1, RFC 8410 section 3. */
const RSA = '300d06092a864886f70d0101010500';
const P256 = '301306072a8648ce3d020106082a8648ce3d030107';
const P384 = '301006072a8648ce3d020106052b81040022';

const IDENTIFIERS: Readonly<Record<KeyKind | CaKeySpec, string>> = {
  rsa: RSA,
  p256: P256,
  p384: P384,
  p521: '301006072a8648ce3d020106052b81040023',
  ed25519: '300506032b6570',
  RSA_3072: RSA,
  RSA_4096: RSA,
  ECC_NIST_P256: P256,
  ECC_NIST_P384: P384,
};

/** The issuer's key spec is the issuer's; of an issuer's own key only the family is known here. */
const CA_IDENTIFIERS = [RSA, P256, P384];

export const publicKey: Rule = {
  name: 'public_key',
  citation: 'RFC 5280 section 4.1.2.7: the key of the request, with an identifier that is allowed for it',
  check: (tbs, { kind, contents, publicKey, issuer }) => {
    if (!sameBytes(tbs.publicKey, publicKey)) return 'it is not the key that was recorded';
    const allowed = contents
      ? [IDENTIFIERS[contents.keyKind]]
      : kind === 'root'
        ? [IDENTIFIERS[issuer.keySpec]]
        : CA_IDENTIFIERS;
    // The identifier begins after a tag and a length of 1 to 3 octets.
    const head = hex(tbs.publicKey.subarray(0, 32));
    const found = allowed.some((identifier) => [4, 6, 8].includes(head.indexOf(identifier)));
    return found ? undefined : `its identifier is not ${allowed.join(' or ')}`;
  },
};
