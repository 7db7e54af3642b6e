import type { RevocationPoints } from '../domain/revocation-points.ts';
import { contextConstructed, type Der, objectIdentifier, sequence } from './der/write.ts';
import { type Extension, generalName } from './extensions.ts';
import { OID } from './oids.ts';

/**
 * CRL distribution points and authority information access (RFC 5280 sections 4.2.1.13 and 4.2.2.1), not critical; none
 * where there are no addresses.
 */
export function revocationExtensions(points: RevocationPoints | undefined): readonly Extension[] {
  if (points === undefined) return [];
  return [
    { oid: OID.cRLDistributionPoints, critical: false, value: distributionPoint(points.crl) },
    { oid: OID.authorityInfoAccess, critical: false, value: authorityInfoAccess(points) },
  ];
}

/** One point with one name; without reasons, so that its list covers them all. */
function distributionPoint(url: string): Der {
  const fullName = contextConstructed(0, generalName.uri(url));
  return sequence(sequence(contextConstructed(0, fullName)));
}

function authorityInfoAccess({ ocsp, caIssuers }: RevocationPoints): Der {
  return sequence(
    sequence(objectIdentifier(OID.ocsp), generalName.uri(ocsp)),
    sequence(objectIdentifier(OID.caIssuers), generalName.uri(caIssuers)),
  );
}
