import { endOf, type Issuer, isRevokedElsewhere } from '../domain/authority.ts';
import { type Instant, toRfc3339 } from '../domain/instant.ts';

/** What the compromise of an issuer does, where and until when; each a text for the one who reported it. */
export interface CompromiseEffect {
  readonly issuance: string;
  readonly renewal: string;
  readonly revocation: string;
  readonly verifiers: string;
}

/** What takes effect; nothing that is not so. */
export function describeCompromise(issuer: Issuer, issuers: readonly Issuer[]): CompromiseEffect {
  const { id } = issuer;
  return {
    issuance: issuance(id, issuers),
    renewal: `Hosts with certificates of ${id} are asked to renew now, and get certificates of another issuer.`,
    revocation: revocation(issuer),
    verifiers: `Fleet Server, Elastic Agent, Elasticsearch and Logstash check neither lists nor OCSP: they accept everything that is signed with the key of ${id}, also by a thief, until ${toRfc3339(endOf(issuer))}, or until its root is replaced in their trust. A proxy in front of them refuses it, if it checks.`,
  };
}

function issuance(id: string, issuers: readonly Issuer[]): string {
  const active = issuers.filter(({ state }) => state === 'ACTIVE').map((issuer) => issuer.id);
  const next =
    active.length === 0
      ? 'No issuer is active, so no certificate is issued: POST /v1/issuers makes the next one, and POST /v1/issuers/<id>/activate activates it.'
      : `Certificates come from ${active.join(', ')}.`;
  return `${id} signs no certificate of a host from now on. ${next}`;
}

function revocation(issuer: Issuer): string {
  const { id, certificate, revocation: done, revokeAt } = issuer;
  if (isRevokedElsewhere(issuer)) return revocationElsewhere(issuer);
  if (certificate === undefined) return `${id} was never certified, so there is nothing to revoke.`;
  if (done !== undefined) return `The root revoked ${id} at ${toRfc3339(done.revokedAt)}.`;
  return `The root revokes ${id} within minutes of ${time(revokeAt)}, in its revocation lists and by OCSP. Until then ${id} goes on signing its own revocation lists, so that verifiers that check them accept hosts that have not renewed yet. To revoke it earlier, report it again with an earlier time (revokeAt, or --revoke-in). Keep its key enabled until then.`;
}

function revocationElsewhere(issuer: Issuer): string {
  const { id, serialNumber } = issuer;
  if (serialNumber === undefined)
    return `${id} has no certificate yet, so there is nothing to revoke. Have your CA certify no CSR of it.`;
  return `This service cannot revoke ${id}: have the CA that certified it revoke the serial number ${serialNumber}, within 7 days. ${id} goes on signing its own revocation lists until ${toRfc3339(endOf(issuer))}, so that verifiers that check them accept hosts that have not renewed yet. Keep its key enabled until then.`;
}

function time(at: Instant | undefined): string {
  return at === undefined ? 'its deadline' : toRfc3339(at);
}
