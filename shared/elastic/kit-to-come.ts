import type { ResolvedDeployment } from './deployment.ts';
import { lines } from './files/certificate.ts';
import { kitPaths } from './files/paths.ts';
import { type Kit, type KitCertificate, type KitFile, renderKit } from './kit.ts';
import type { Note } from './note.ts';
import { placeholder } from './outputs/fill.ts';

/**
 * The kit of a certificate that is still to be issued: the same as it will be, but the certificate's file has no
 * contents yet, and where a setting would hold the certificate itself, it holds `{{file:/path}}` of that file.
 */
export function renderKitToCome(
  deployment: ResolvedDeployment,
  { name, caBundlePem }: Pick<KitCertificate, 'name' | 'caBundlePem'>,
): Kit {
  const { keyKind } = deployment;
  const { certificate: path } = kitPaths(deployment);
  const certificatePem = placeholder(path);
  const kit = renderKit({
    deployment,
    certificate: { name, keyKind, certificatePem, chainPem: [], caBundlePem },
  });
  const files = kit.files.map((file) => withoutContents(file, certificatePem));
  return { ...kit, files, notes: [note(deployment), ...kit.notes] };
}

function withoutContents(file: KitFile, certificatePem: string): KitFile {
  if (file.contents !== lines(certificatePem)) return file;
  return { ...file, contents: null, purpose: `${file.purpose}: both come with the enrollment` };
}

function note({ keyKind }: ResolvedDeployment): Note {
  return {
    code: 'certificate_to_come',
    severity: 'info',
    message: `This kit was rendered before its certificate, for a key of kind ${keyKind}. The certificate comes with the enrollment, and so does the whole kit where it is asked for again there.`,
    source: 'fleetseal, POST /v1/kits without serialNumber',
  };
}
