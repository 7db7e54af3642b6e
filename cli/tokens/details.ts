import type { TokenView } from '../api/views.ts';
import { renderDetails } from '../output/details.ts';
import { plain } from '../output/plain.ts';
import { timeWithDistance } from '../output/time.ts';
import type { Terminal } from '../terminal.ts';
import { styleOfState } from './state.ts';

/** Everything about a token but its secret, which nobody has. */
export function renderToken(token: TokenView, terminal: Terminal): string {
  const when = (time: string | undefined) => time && timeWithDistance(time, terminal.now());
  const { names, bind } = token;
  return renderDetails([
    ['Id', token.id],
    ['State', terminal.style(styleOfState(token.state), token.state)],
    ['Profile', token.profile],
    ['Name', names.commonName],
    ['DNS names', names.dns.join('\n')],
    ['IP addresses', names.ip.join('\n')],
    ['Uses', `${token.uses} of ${token.maxUses}`],
    ['Expires', when(token.expiresAt)],
    ['Revoked', when(token.revokedAt)],
    ['Certificate lifetime', token.certificateLifetime],
    ['Name in use', token.onExistingName],
    ['Exclusive DNS', token.exclusiveDns ? 'yes' : undefined],
    ['Bound to CSR', bind.csrSha256],
    ['Bound to sources', bind.sourceCidr.join('\n')],
    ['Description', plain(token.description)],
    ['Created', when(token.createdAt)],
    ['Created by', plain(token.createdBy)],
  ]);
}
