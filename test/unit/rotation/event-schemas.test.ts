import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { eventsDocument } from '../../../docs/generate/events/document.ts';
import { EVENTS } from '../../../docs/generate/events/schemas.ts';
import { plus } from '../../../shared/domain/instant.ts';
import { authorityEvents } from '../../../shared/rotation/authority-events.ts';
import { requireDescribed } from '../../fakes/events.ts';
import { NOW, sampleAdditionalRoot, sampleIssuer, sampleRoot } from '../../support/records.ts';

/*
 * The fake bus takes only what the table describes, in every suite that publishes. Here: that the table has no more than
 * is published, and that the page is generated.
 */

const BY = 'arn:aws:iam::111122223333:role/ca-admin';
const inOrder = <const To>(...states: readonly To[]) =>
  states.map((to, index) => ({ to, at: plus(NOW, index + 1), by: BY }));

test('every event is in the table, and the table has no other', () => {
  const { sha256, subject } = sampleAdditionalRoot();
  const changes = inOrder('READY', 'ACTIVE', 'DRAINING', 'RETIRED', 'COMPROMISED');
  const revocation = { revokedAt: plus(NOW, 9), reason: 'cACompromise' as const };
  const events = authorityEvents(
    {
      issuers: [sampleIssuer({ state: 'COMPROMISED', changes, revocation, revokeAt: plus(NOW, 8) })],
      roots: [
        sampleRoot({
          id: 'root-2',
          predecessorId: 'root-1',
          state: 'RETIRED',
          changes: inOrder('TRUSTED', 'ACTIVE', 'DRAINING', 'RETIRED'),
        }),
      ],
    },
    (['added', 'removed'] as const).map((action) => ({ action, sha256, subject, at: NOW, by: BY })),
  );
  for (const { type, id, detail } of events) requireDescribed(type, { id, ...detail });
  // Suites of their own publish these to the fake bus.
  const others = [
    ...['certificate.issued', 'certificate.renewed', 'certificate.revoked', 'certificate.expiring'],
    ...['enrollment.rejected', 'signature.unexplained'],
  ];
  expect([...events.map(({ type }) => type), ...others].sort()).toEqual(Object.keys(EVENTS).sort());
});

test.each([
  { name: 'an unknown type', type: 'issuer.sold', detail: {}, refused: 'docs/events.md does not describe' },
  {
    name: 'a member that the table does not have',
    type: 'root.added',
    detail: { id: 'a', sha256: 'b', subject: 'c', by: BY, comment: 'found on a laptop' },
    refused: 'unrecognized_keys',
  },
])('the bus of the tests takes no event with $name', ({ type, detail, refused }) => {
  expect(() => requireDescribed(type, detail)).toThrow(refused);
});

test('docs/events.md is what npm run docs writes', () => {
  const written = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8');
  expect(written.split('\n')).toEqual(eventsDocument().split('\n'));
});
