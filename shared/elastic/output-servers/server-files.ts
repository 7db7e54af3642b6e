import { inDirectory, kitFileNames } from '../deployment/kit-paths.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';

/** The files of one server. */
export interface ServerFiles {
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
  /** Key and certificates in one file, for Kafka. */
  readonly keystore: string;
}

/** The paths of the files of a deployment. */
export function serverFiles(deployment: ResolvedDeployment): ServerFiles {
  const { certificate, key, ca } = kitFileNames(deployment.profile);
  const inPlace = (name: string) => inDirectory(deployment, name);
  return {
    certificate: inPlace(certificate),
    key: inPlace(key),
    ca: inPlace(ca),
    keystore: inPlace(`${deployment.profile}.pem`),
  };
}
