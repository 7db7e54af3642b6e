import { TRUST_PEERS } from './fields/trust.ts';
import { ownPaths } from './kit-paths.ts';
import { normalizePath } from './paths.ts';
import { peerCaProblem } from './peer-ca.ts';
import { pathRule, type Rules } from './rule.ts';

export const pathRules: Rules = (context) => {
  const { deployment, subject } = context;
  const { directory, keyPassphraseFile, trust } = deployment;
  return [
    pathRule(context, 'directory', directory),
    pathRule(context, 'keyPassphraseFile', keyPassphraseFile, `${subject.profile}.pass`),
    ...TRUST_PEERS.map((peer) => {
      const choice = trust?.[peer];
      const path = typeof choice === 'object' && 'path' in choice ? choice.path : undefined;
      return pathRule(context, `trust.${peer}.path`, path, 'own-ca.crt');
    }),
  ];
};

export const passphraseRules: Rules = ({ deployment, subject, os, lacks }) => {
  const { keyPassphraseFile: file, agent = {}, stackVersion } = deployment;
  if (file === undefined) return [];
  const field = '/keyPassphraseFile';
  return [
    os === 'container' && [
      field,
      'keyPassphraseFile does not apply to a container, which has no variable for it: leave it out and mount an unencrypted key',
    ],
    lacks('keyPassphrase') && [
      field,
      `Elastic Agent ${stackVersion} has no --elastic-agent-cert-key-passphrase: upgrade it to 8.16.0 or later, or leave keyPassphraseFile out and use an unencrypted key`,
    ],
    subject.keyKind === 'ed25519' && [
      field,
      'Elastic Agent cannot read an encrypted Ed25519 key: leave keyPassphraseFile out, or use an RSA or P-256 key',
    ],
    agent.fips === true && [
      field,
      'the FIPS build of Elastic Agent cannot read encrypted keys: leave keyPassphraseFile out and use an unencrypted key',
    ],
    os !== undefined &&
      ownPaths(os, subject.profile, deployment.directory).includes(normalizePath(os, file)) && [
        field,
        "keyPassphraseFile is one of the kit's own files: give the passphrase a file of its own",
      ],
  ];
};

export const trustRules: Rules = ({ deployment: { trust = {} }, subject: { now } }) =>
  TRUST_PEERS.map((peer) => {
    const choice = trust[peer];
    const problem =
      typeof choice === 'object' && 'pem' in choice ? peerCaProblem(choice.pem, now) : undefined;
    return problem !== undefined && [`/trust/${peer}/pem`, `trust.${peer}.pem ${problem}`];
  });
