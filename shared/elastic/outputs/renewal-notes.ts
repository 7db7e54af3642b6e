import type { Output } from '../deployment/outputs.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { has } from '../deployment/versions.ts';
import { GUIDE, info, type Note, warning } from '../kit/note.ts';

/** Notes for outputs that read files on each host. */
export function fileNotes({ stackVersion }: ResolvedDeployment, outputs: readonly Output[]): readonly Note[] {
  if (!outputs.some(({ form }) => form === 'path')) return [];
  return has(stackVersion, 'reload') ? [GUIDE_DIRECTORY] : [GUIDE_DIRECTORY, RESTART_ON_CERT_CHANGE];
}

const GUIDE_DIRECTORY: Note = info(
  'guide_output_directory',
  "Elastic's guide says to point to a local directory where each agent has its own certificate. In fact certificate, key and CA are paths of files, which have that host's contents on every host.",
  `${GUIDE}; elastic-agent-libs transport/tlscommon/tls.go`,
);

const RESTART_ON_CERT_CHANGE: Note = warning(
  'restart_on_cert_change',
  'Before 9.5.0 restart the agent after each renewal, and leave ssl.restart_on_cert_change off: it does not exist on Windows, it makes Beats on Linux panic in many versions from 8.16.6 to 9.1, and the reload of 9.5.0 replaces it.',
  'elastic/beats libbeat/cmd/instance/beat.go; Beats known issues 9.1; elastic/beats#50444',
);
