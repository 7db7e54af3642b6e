import { withoutUndefined } from '../../domain/without-undefined.ts';
import { OUTPUT_TYPES } from '../deployment/fields/outputs.ts';
import { inDirectory, inPolicy, kitFileNames } from '../deployment/kit-paths.ts';
import type { Output } from '../deployment/outputs.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { lines } from '../files/certificate.ts';
import { hasPlaceholder, placeholder } from '../kibana/fill.ts';
import type { KitRequest } from '../kit/kit.ts';

/** The `ssl` settings of an output, by the names of Elastic (elastic-agent-libs transport/tlscommon). */
export interface Ssl {
  /** Files or PEM; absent if the system's CAs verify the server. */
  readonly certificate_authorities?: readonly string[];
  readonly certificate: string;
  readonly key: string;
  readonly key_passphrase?: string;
  readonly key_passphrase_path?: string;
}

/** The settings of the output in its form, for the hosts of a policy. */
export function sslOf(request: KitRequest, output: Output): Ssl {
  return sslWith(request, output, (path) => inPolicy(request.deployment, path));
}

/** The same with the paths of this host. */
export function hostSslOf(request: KitRequest, output: Output): Ssl {
  return sslWith(request, output, (path) => path);
}

/** How a text names a file of the host. */
type Naming = (path: string) => string;

function sslWith(request: KitRequest, output: Output, naming: Naming): Ssl {
  return output.form === 'path'
    ? pathSsl(request.deployment, output, naming)
    : inlineSsl(request, output, naming);
}

/** The same paths on every host, with that host's files. */
function pathSsl(deployment: ResolvedDeployment, { type }: Output, naming: Naming): Ssl {
  const { paths, keyPassphraseFile } = deployment;
  const ca = paths.authorities[OUTPUT_TYPES[type]];
  return withoutUndefined({
    certificate_authorities: ca === undefined ? undefined : [naming(ca)],
    certificate: naming(paths.certificate),
    key: naming(paths.key),
    key_passphrase_path: keyPassphraseFile && naming(keyPassphraseFile),
  });
}

/** Everything is in the policy. Key and passphrase are not known here: a host fills them in. */
function inlineSsl({ deployment, certificate }: KitRequest, { type }: Output, naming: Naming): Ssl {
  const trust = deployment.trust[OUTPUT_TYPES[type]];
  const passphrase = deployment.keyPassphraseFile;
  const ca =
    trust === 'system'
      ? undefined
      : trust === 'fleetseal'
        ? lines(certificate.caBundlePem)
        : 'path' in trust
          ? naming(trust.path)
          : lines(trust.pem);
  return withoutUndefined({
    certificate_authorities: ca === undefined ? undefined : [ca],
    certificate: [certificate.certificatePem, ...certificate.chainPem].map(text).join(''),
    key: placeholder(inDirectory(deployment, kitFileNames(deployment.profile).key)),
    key_passphrase: passphrase === undefined ? undefined : placeholder(passphrase),
  });
}

/** A certificate that is not issued yet is a placeholder: without a line break, so that YAML quotes it. */
function text(pem: string): string {
  return hasPlaceholder(pem) ? pem.trim() : lines(pem);
}
