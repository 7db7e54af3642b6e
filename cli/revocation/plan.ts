import { pathOf } from '../api/client.ts';
import { readListing } from '../api/pages.ts';
import { type CertificateView, certificateView, read, tokenView } from '../api/views.ts';
import { certificateTable } from '../certificates/table.ts';
import { CommandError } from '../command-error.ts';
import { plain } from '../output/plain.ts';
import { rfc3339 } from '../output/time.ts';
import type { Session } from '../session.ts';
import {
  type Pause,
  type RevocationBody,
  revokeName,
  revokeOfToken,
  revokeSerials,
  type Steps,
} from './request.ts';

/** What a command would do, before it is confirmed. */
export interface Plan {
  readonly says: string;
  steps(pause: Pause): Steps;
}

export async function planSerials(
  session: Session,
  forms: readonly string[],
  body: RevocationBody,
): Promise<Plan> {
  const found: CertificateView[] = [];
  for (const [index, form] of forms.entries()) {
    found.push(await certificateOf(session, form, forms.length));
    if (forms.length > 1) session.terminal.progress(`${index + 1} of ${forms.length} looked up`);
  }
  session.terminal.progress('');
  // One certificate may be given in two forms.
  const certificates = [...new Map(found.map((each) => [each.serialNumber, each])).values()];
  const serialNumbers = certificates.map(({ serialNumber }) => serialNumber);
  return {
    says: `${describe(certificates, session)}${consequences(body)}`,
    steps: (pause) => revokeSerials(session.api, serialNumbers, body, pause),
  };
}

/** Of several serial numbers, the error says which one is not known. */
async function certificateOf({ api }: Session, form: string, of: number): Promise<CertificateView> {
  try {
    return read(certificateView, await api.call(pathOf`/certificates/${form}`));
  } catch (error) {
    if (of === 1 || !(error instanceof CommandError) || error.problem === undefined) throw error;
    const detail = `${plain(form, 60)}: ${error.message} Nothing was done.`;
    throw new CommandError(error.exit, detail, {
      problem: { ...error.problem, detail, errors: [] },
      cause: error,
    });
  }
}

export async function planName(
  session: Session,
  name: string,
  profile: string | undefined,
  body: RevocationBody,
): Promise<Plan> {
  const expiresAfter = rfc3339(session.terminal.now());
  const { items } = await readListing(
    session,
    '/certificates',
    { expiresAfter, name, profile },
    { all: true },
  );
  const live = items.map((item) => read(certificateView, item));
  const profiles = [...new Set(live.map((each) => each.profile))];
  const chosen = profile ?? profiles[0];
  if (chosen === undefined || (live.length === 0 && !body.block))
    throw new CommandError(
      'notFound',
      `No unexpired certificate is recorded for the name "${name}". Nothing was done.`,
    );
  if (profile === undefined && profiles.length > 1)
    throw new CommandError(
      'usage',
      `The name "${name}" has certificates of several profiles: pass --profile ${profiles.join(' or --profile ')}.`,
    );
  return {
    says: `${describe(live, session)}${consequences(body)}`,
    steps: (pause) => revokeName(session.api, { profile: chosen, name }, body, pause),
  };
}

export async function planToken(session: Session, id: string, body: RevocationBody): Promise<Plan> {
  const token = read(tokenView, await session.api.call(pathOf`/tokens/${id}`));
  const count = `${token.uses} ${token.uses === 1 ? 'certificate' : 'certificates'}`;
  const says = `Token ${token.id} (${token.profile}, ${plain(token.names.commonName)}) will be revoked, and what it produced: ${count}, those that are being issued included.\n`;
  return {
    says: `${says}${consequences(body)}`,
    steps: (pause) => revokeOfToken(session.api, id, body, pause),
  };
}

/** Which certificates, and which of them are revoked already. */
function describe(certificates: readonly CertificateView[], { terminal }: Session): string {
  if (certificates.length === 0) return 'There is no certificate to revoke.\n';
  const done = certificates.filter(({ state }) => state === 'REVOKED' || state === 'VOID').length;
  const says =
    certificates.length === 1
      ? `This certificate ${done === 1 ? 'is revoked already, and keeps its time and reason' : 'will be revoked'}.`
      : `These ${certificates.length} certificates will be revoked.${done === 0 ? '' : ` Already revoked, with time and reason that stay: ${done}.`}`;
  return `${says}\n\n${certificateTable(certificates, terminal)}\n\n`;
}

function consequences({ reason, block }: RevocationBody): string {
  return [
    reason === 'keyCompromise'
      ? 'Their keys will be blocked: no certificate is issued for them again.\n'
      : '',
    block
      ? 'The name will be blocked: no token gets a certificate for it until "fleetseal names unblock".\n'
      : '',
  ].join('');
}
