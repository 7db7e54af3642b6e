import type { Eck } from '../deployment/eck-operator.ts';
import type { CertificateRequest } from '../kubernetes/enroll-script.ts';
import type { SecretName } from '../kubernetes/kubectl.ts';
import type { Manifest } from '../kubernetes/manifest.ts';
import { renewalManifests, renewsBefore } from '../kubernetes/renewal.ts';

/** The name of the CronJob, its account and its role. */
export function renewalName({ operatorName }: Eck): string {
  return `${operatorName}-tls-renewal`;
}

/** The Secret with `url` for the job, and with `token` where an administrator adds one to enroll with. */
export function tokenSecret({ secretName, operatorNamespace }: Eck): SecretName {
  return { name: `${secretName}-token`, namespace: operatorNamespace };
}

/** The Secret with the certificate and its key. */
export function tlsSecret({ secretName, operatorNamespace }: Eck): SecretName {
  return { name: secretName, namespace: operatorNamespace };
}

/** The CronJob that renews the certificate of the metrics endpoint, and what it needs. */
export function metricsRenewal(eck: Eck, request: CertificateRequest): readonly Manifest[] {
  if (eck.jobImage === undefined) return [];
  return renewalManifests({
    name: renewalName(eck),
    namespace: eck.operatorNamespace,
    secretName: eck.secretName,
    tokenSecret: tokenSecret(eck).name,
    image: eck.jobImage,
    request,
    before: renewsBefore('eck-metrics'),
  });
}
