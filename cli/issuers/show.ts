import { type IssuerView, issuersView, read } from '../api/views.ts';
import { CommandError } from '../command-error.ts';
import { renderDetails } from '../output/details.ts';
import { plain } from '../output/plain.ts';
import { principal } from '../output/principal.ts';
import { timeWithDistance } from '../output/time.ts';
import type { Session } from '../session.ts';
import type { Terminal } from '../terminal.ts';

export async function showIssuer(
  session: Session,
  id: string,
  { pem = false }: { readonly pem?: boolean | undefined },
): Promise<void> {
  const issuer = await findIssuer(session, id);
  if (pem) session.terminal.write(pemOf(issuer));
  else session.show(issuer, () => renderIssuer(issuer, session.terminal));
}

/** @throws CommandError where there is none. */
export async function findIssuer(session: Session, id: string): Promise<IssuerView> {
  const { items } = read(issuersView, await session.api.call('/issuers'));
  const issuer = items.find((item) => item.id === id);
  if (issuer !== undefined) return issuer;
  throw new CommandError(
    'notFound',
    `There is no issuer ${plain(id)}: "fleetseal issuers list" shows those that there are, and the free slots.`,
  );
}

function pemOf({ id, certificate }: IssuerView): string {
  if (certificate !== undefined) return certificate;
  throw new CommandError('notFound', `${plain(id)} has no certificate yet.`);
}

/** An issuer with its history. */
export function renderIssuer(issuer: IssuerView, terminal: Terminal): string {
  const when = (time: string | undefined) => time && timeWithDistance(time, terminal.now());
  const history = issuer.changes.map(({ to, at, by, comment }) =>
    [at, to, `by ${principal(by)}`, ...(comment === undefined ? [] : [plain(comment)])].join('  '),
  );
  return renderDetails([
    ['Issuer', plain(issuer.id)],
    ['State', issuer.state],
    ['Key', issuer.keySpec],
    ['Root', plain(issuer.root)],
    ['CSR', waitsFor(issuer)],
    ['Not before', when(issuer.notBefore)],
    ['Not after', when(issuer.notAfter)],
    ['To be revoked', issuer.revokedAt === undefined ? when(issuer.revokeAt) : undefined],
    ['Revoked', when(issuer.revokedAt)],
    ['History', history.join('\n')],
  ]);
}

/** What is to be done with the CSR; undefined once it is done. */
function waitsFor({ id, csr, certificate }: IssuerView): string | undefined {
  if (csr === undefined || certificate !== undefined) return undefined;
  return `waits for the CA of its root: "fleetseal issuers csr ${plain(id)}" writes it, "fleetseal issuers install ${plain(id)} <file>" installs the certificate`;
}
