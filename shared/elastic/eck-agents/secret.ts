import type { KeyKind } from '../../domain/key-kind.ts';
import { type EckAgent, workloadOf } from '../deployment/eck-agent.ts';
import { makeKey, type Places, rootsLines, type Wish } from '../kubernetes/enroll-script.ts';
import { APPLY } from '../kubernetes/kubectl.ts';
import type { Manifest } from '../kubernetes/manifest.ts';
import { CURRENT, RENEWAL_PLACES, renewalManifests, renewsBefore } from '../kubernetes/renewal.ts';
import { type PodToken, renewalsInAYear } from '../kubernetes/token-request.ts';

/** The name of the CronJob, its account and its role. */
export function renewalName({ name }: EckAgent): string {
  return `${name}-fleetseal`;
}

/** A token for one enrollment, or for a year of the job's, twice as many as it needs. */
export function agentToken(agent: EckAgent, { name, dnsNames }: Wish): PodToken {
  const { profile, namespace, image } = agent;
  return {
    profile,
    names: { commonName: name, ...(dnsNames.length === 0 ? {} : { dns: dnsNames }) },
    maxUses: image === undefined ? 1 : 2 * renewalsInAYear(profile),
    expiresIn: image === undefined ? 'PT24H' : 'P365D',
    description: `Agent ${namespace}/${agent.name} of ECK`,
  };
}

/** The CronJob that makes and renews the certificate, and what it needs; empty without an image. */
export function renewal(agent: EckAgent, wish: Wish, restarts: boolean): readonly Manifest[] {
  const { name, namespace, secretName, tokenSecret, image } = agent;
  if (image === undefined) return [];
  return renewalManifests({
    name: renewalName(agent),
    namespace,
    secretName,
    tokenSecret,
    image,
    wish,
    before: renewsBefore(agent.profile),
    lines: {
      makeKey: makeKeyFor(agent, wish.keyKind, RENEWAL_PLACES.key),
      apply: [...applyLines(agent, RENEWAL_PLACES), ...(restarts ? [restart(agent)] : [])],
    },
    rules: restarts
      ? [
          {
            apiGroups: ['apps'],
            resources: [`${agent.kind.toLowerCase()}s`],
            resourceNames: [`${name}-agent`],
            verbs: ['get', 'patch'],
          },
        ]
      : [],
  });
}

/** A restart of the pods, except after the first certificate, when no pod has an older one. */
function restart(agent: EckAgent): string {
  return `if [ -s ${CURRENT} ]; then kubectl rollout restart ${workloadOf(agent)} --namespace=${agent.namespace}; fi`;
}

const CURVES = { p256: 'prime256v1', p384: 'secp384r1', p521: 'secp521r1' } as const;

/**
 * ECK itself reads the key of Fleet Server's certificate, RSA also as PKCS#8, elliptic curves only as SEC1
 * (pkg/controller/common/certificates/pem.go, ParsePEMPrivateKey). It does not read the key of a client.
 */
export function makeKeyFor({ profile }: EckAgent, keyKind: KeyKind, key: string): string {
  if (profile !== 'fleet-server' || keyKind === 'rsa' || keyKind === 'ed25519') return makeKey(keyKind, key);
  return `openssl ecparam -name ${CURVES[keyKind]} -genkey -noout -out ${key}`;
}

/**
 * Lines of POSIX sh, to run under `set -eu` after the enrollment, that put certificate, key and the roots of the
 * response into the Secret. `kubectl create secret tls` would refuse a key that does not match, but has no place for
 * the roots.
 */
export function applyLines(
  { secretName, namespace }: EckAgent,
  { key, certificate, scratch }: Pick<Places, 'key' | 'certificate' | 'scratch'>,
): readonly string[] {
  const [ca, ofKey, ofCertificate] = [
    `${scratch}/ca.crt`,
    `${scratch}/key.pub`,
    `${scratch}/certificate.pub`,
  ];
  return [
    ...rootsLines({ scratch }, ca),
    `openssl pkey -in ${key} -pubout >${ofKey}`,
    `openssl x509 -in ${certificate} -noout -pubkey >${ofCertificate}`,
    // Each on a line of its own: in a list with &&, only the last one would end the script.
    `[ -s ${ca} ]`,
    `[ "$(cat ${ofKey})" = "$(cat ${ofCertificate})" ]`,
    [
      `kubectl create secret generic ${secretName} --namespace=${namespace} --type=kubernetes.io/tls`,
      `--from-file=tls.crt=${certificate} --from-file=tls.key=${key} --from-file=ca.crt=${ca}`,
      `--dry-run=client --output=yaml | ${APPLY}`,
    ].join(' '),
  ];
}
