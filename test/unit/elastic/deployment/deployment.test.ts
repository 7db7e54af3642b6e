import { describe, expect, test } from '@jest/globals';
import { deploymentSchema } from '../../../../shared/elastic/deployment/deployment.ts';
import { readWith } from '../../../../shared/http/schema.ts';

/** What is said of each wrong field, by its pointer. */
const told = (deployment: unknown) =>
  Object.fromEntries(
    (readWith(deploymentSchema, deployment, ['deployment']).findings ?? []).map(({ pointer, detail }) => [
      pointer.replace('#/deployment/', ''),
      detail,
    ]),
  );

const FIELDS =
  'model, stackVersion, os, fleetUrl, fleetEnrollmentToken, directory, directoryVariable, keyPassphraseFile, agent, fleetServer, outputs, proxy, eck, container, trust';
const AGENT =
  'alreadyEnrolled, fromPackage, unprivileged, user, group, tags, headers, proxy, elasticDefend, fips';

describe('the form of a deployment', () => {
  const TRUST =
    'deployment.trust.fleetServer must be "fleetseal", "system", { "pem": "-----BEGIN CERTIFICATE-----..." } or { "path": "/etc/ssl/own-ca.crt" }.';
  test.each([
    { name: 'a word', fleetServer: 'public' },
    { name: 'a path alone', fleetServer: '/etc/ssl/own-ca.crt' },
    { name: 'an empty object', fleetServer: {} },
    { name: 'a PEM that is none', fleetServer: { pem: 1 } },
    { name: 'nothing', fleetServer: null },
  ])('says what trust may be: $name', ({ fleetServer }) => {
    expect(told({ trust: { fleetServer } })).toEqual({ 'trust/fleetServer': TRUST });
  });

  test.each([
    { name: 'fleetURL', hint: '. Did you mean "fleetUrl"?' },
    { name: 'stackversion', hint: '. Did you mean "stackVersion"?' },
    { name: 'colour', hint: '.' },
  ])('guesses the field that $name was meant for', ({ name, hint }) => {
    expect(told({ [name]: '' })).toEqual({
      [name]: `deployment.${name} is not a known field; the fields are ${FIELDS}${hint}`,
    });
  });

  test('guesses for every field on its own', () => {
    expect(told({ fleetURL: '', colour: '', agent: { alredyEnrolled: true } })).toEqual({
      fleetURL: `deployment.fleetURL is not a known field; the fields are ${FIELDS}. Did you mean "fleetUrl"?`,
      colour: `deployment.colour is not a known field; the fields are ${FIELDS}.`,
      'agent/alredyEnrolled': `deployment.agent.alredyEnrolled is not a known field; the fields are ${AGENT}. Did you mean "alreadyEnrolled"?`,
    });
  });
});
