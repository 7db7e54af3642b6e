import { expect, test } from '@jest/globals';
import { writeCsr } from '../../../cli/issuers/external.ts';
import type { Session } from '../../../cli/session.ts';
import { fakeTerminal, noText } from '../../support/cli.ts';

/** Of an authority whose only issuer has no CSR. */
function session(state: string): Session {
  const issuer = { id: 'issuer-1', keySpec: 'ECC_NIST_P256', state, root: 'root-1', changes: [] };
  return {
    api: {
      baseUrl: 'https://pki.example.com/v1',
      call: async () => ({ items: [issuer], freeSlots: [] }),
      text: noText,
    },
    terminal: fakeTerminal().terminal,
    json: false,
    show: () => undefined,
  };
}

test.each([
  ['PENDING', 'issuer-1 is PENDING and has no CSR yet: run "fleetseal issuers certify issuer-1" again.'],
  ['ACTIVE', 'issuer-1 has no CSR: its root has its key in KMS and certifies it by itself.'],
])('an issuer that is %s and has no CSR is said with the way on', async (state, message) => {
  await expect(writeCsr(session(state), 'issuer-1')).rejects.toThrow(message);
});
