import type { KeyKind } from '../../domain/key-kind.ts';
import { type EckAgent, workloadOf } from '../deployment/eck-agent.ts';
import {
  type CertificateRequest,
  KEY_OPTIONS,
  type Places,
  rootsLines,
} from '../kubernetes/enroll-script.ts';
import { APPLY } from '../kubernetes/kubectl.ts';
import type { Manifest } from '../kubernetes/manifest.ts';
import { renewalManifests, renewsBefore } from '../kubernetes/renewal.ts';

/** The name of the CronJob, its account and its role. */
export function renewalName({ name }: EckAgent): string {
  return `${name}-fleetseal`;
}

/** The CronJob that makes and renews the certificate, and what it needs; empty without an image. */
export function renewal(
  agent: EckAgent,
  request: CertificateRequest,
  restarts: boolean,
): readonly Manifest[] {
  const { name, namespace, secretName, tokenSecret, image } = agent;
  if (image === undefined) return [];
  return renewalManifests({
    name: renewalName(agent),
    namespace,
    secretName,
    tokenSecret,
    image,
    request,
    before: renewsBefore(agent.profile),
    keyOptions: keyOptionsFor(agent, request.keyKind),
    restarts: restarts ? workloadOf(agent) : undefined,
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

const CURVES = { p256: 'prime256v1', p384: 'secp384r1', p521: 'secp521r1' } as const;

/**
 * ECK itself reads the key of Fleet Server's certificate, RSA also as PKCS#8, elliptic curves only as SEC1
 * (pkg/controller/common/certificates/pem.go, ParsePEMPrivateKey). It does not read the key of a client.
 */
export function keyOptionsFor({ profile }: EckAgent, keyKind: KeyKind): string {
  if (profile !== 'fleet-server' || keyKind === 'rsa' || keyKind === 'ed25519') return KEY_OPTIONS[keyKind];
  return `ecparam -name ${CURVES[keyKind]} -genkey -noout`;
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
