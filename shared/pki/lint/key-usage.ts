import { PROFILES } from '../../domain/profile.ts';
import { extensionOf, hex, type LintContext, type Rule } from './rule.ts';

/** DER of the bits, without trailing zero bits: bit 0 digitalSignature, 2 keyEncipherment, 5 keyCertSign, 6 cRLSign. */
const DIGITAL_SIGNATURE = '03020780';
const DIGITAL_SIGNATURE_KEY_ENCIPHERMENT = '030205a0';
const KEY_CERT_SIGN_CRL_SIGN = '03020106';

function expected({ contents, kind }: LintContext): string {
  if (kind === 'responder') return DIGITAL_SIGNATURE;
  if (contents === undefined) return KEY_CERT_SIGN_CRL_SIGN;
  const enciphers = contents.keyKind === 'rsa' && PROFILES[contents.profile].keyEnciphermentForRsa;
  return enciphers ? DIGITAL_SIGNATURE_KEY_ENCIPHERMENT : DIGITAL_SIGNATURE;
}

export const keyUsage: Rule = {
  name: 'key_usage',
  citation:
    'RFC 5280 section 4.2.1.3; X.690 section 11.2.2 (no trailing zero bits); RFC 3279 section 2.3.1 (RSA); RFC 5480 section 3',
  check: (tbs, context) => {
    const extension = extensionOf(tbs, '2.5.29.15');
    if (extension === undefined) return 'it is missing';
    return hex(extension.value) === expected(context)
      ? undefined
      : `${hex(extension.value)} is not ${expected(context)}`;
  },
};
