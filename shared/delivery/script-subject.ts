import { toRfc3339 } from '../domain/instant.ts';
import type { ProfileName } from '../domain/profile.ts';
import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import type { Kit } from '../elastic/kit/kit.ts';
import { type Certified, certificatePem } from '../issuance/certificate-pem.ts';
import type { Issued } from './render-issued.ts';

/** What a script puts in place: what was issued, or the kit of a certificate that was issued before or is yet to be. */
export interface ScriptSubject
  extends Partial<Pick<Issued, 'serialNumber' | 'notAfter' | 'certificate' | 'chain'>> {
  readonly profile: ProfileName;
  readonly name: string;
  /** PEM of fleetseal's roots. */
  readonly caBundle: string;
  /** @default - the certificate, its key and the roots are put in the usual directory */
  readonly kit?: Kit | undefined;
}

/** A kit that is requested alone: by an administrator, for a host that has its key. */
export interface DeliveredKit extends ScriptSubject {
  readonly kit: Kit;
  readonly deployment: ResolvedDeployment;
}

/** The kit of an issued certificate. */
export function kitOfCertificate(
  certified: Certified,
  { kit, deployment }: Pick<DeliveredKit, 'kit' | 'deployment'>,
): DeliveredKit {
  const { record } = certified;
  const { certificatePem: certificate, chainPem: chain, caBundlePem: caBundle } = certificatePem(certified);
  const { serialNumber, profile, name, validity } = record;
  const notAfter = toRfc3339(validity.notAfter);
  return { serialNumber, profile, name, notAfter, certificate, chain, caBundle, kit, deployment };
}

/** The first words of a script. */
export function titleOf({ serialNumber, profile, name }: ScriptSubject): string {
  return serialNumber === undefined
    ? `The kit of ${profile} ${name}, whose certificate is not issued yet`
    : `The certificate ${serialNumber} of ${profile} ${name}`;
}

/** Whose the deployment is, and what it lacks. Other notes are about parts of a kit that no script has. */
const WARNINGS: readonly string[] = ['host_deployment', 'recorded_without_secrets'];

/** What a script says before it does anything, each on one line. */
export function warningsOf({ kit }: ScriptSubject): readonly string[] {
  const warnings = kit?.notes.filter(({ code }) => WARNINGS.includes(code)) ?? [];
  return warnings.map(({ message }) => message.replaceAll(/\s+/g, ' '));
}
