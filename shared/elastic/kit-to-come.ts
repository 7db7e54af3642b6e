import type { ResolvedDeployment } from './deployment/resolved-deployment.ts';
import { placeholder } from './kibana/fill.ts';
import type { Kit, KitCertificate, KitRequest } from './kit/kit.ts';
import type { KitFile } from './kit/kit-file.ts';
import type { Note } from './kit/note.ts';
import { renderKit } from './render-kit.ts';

/**
 * The kit of a certificate that is not issued yet. It differs from the later kit in two ways: the certificate's file
 * comes with the enrollment, and a setting with the certificate itself has `{{file:/path}}` of that file instead.
 */
export function renderKitToCome(
  deployment: ResolvedDeployment,
  { caBundlePem, ...names }: Pick<KitCertificate, 'name' | 'dnsNames' | 'ipAddresses' | 'caBundlePem'>,
  revocationUrl?: KitRequest['revocationUrl'],
): Kit {
  const { keyKind } = deployment;
  const certificatePem = placeholder(deployment.paths.certificate);
  const kit = renderKit({
    deployment,
    certificate: { ...names, keyKind, certificatePem, chainPem: [], caBundlePem },
    revocationUrl,
  });
  return { ...kit, files: kit.files.map(withoutCertificate), notes: [note(deployment), ...kit.notes] };
}

function withoutCertificate(file: KitFile): KitFile {
  if (file.role !== 'certificate') return file;
  const purpose = `${file.purpose}; comes with the enrollment`;
  return { ...file, role: file.role, source: 'service', contents: null, purpose };
}

function note({ keyKind }: ResolvedDeployment): Note {
  return {
    code: 'certificate_to_come',
    severity: 'info',
    message: `This kit was rendered before its certificate was issued, for a key of kind ${keyKind}. The enrollment returns the certificate, and the whole kit too if you request it there.`,
    source: 'fleetseal, POST /v1/kits without serialNumber',
  };
}
