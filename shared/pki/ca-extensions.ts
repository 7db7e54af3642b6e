import type { NameConstraints } from '../domain/name-constraints.ts';
import type { RevocationPoints } from '../domain/revocation-points.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  type Extension,
  keyUsage,
  nameConstraints,
  subjectKeyIdentifier,
} from './extensions.ts';
import { OID } from './oids.ts';
import { revocationExtensions } from './revocation-extensions.ts';

/** Extensions of roots and issuers. */
export function caExtensions(options: {
  readonly keyIdentifier: Uint8Array;
  /** The root's own, for a root: path builders then tell two roots of one name apart. */
  readonly issuerKeyIdentifier: Uint8Array;
  readonly pathLength?: number;
  readonly nameConstraints?: NameConstraints | undefined;
  readonly revocationPoints?: RevocationPoints | undefined;
}): readonly Extension[] {
  const constraints = options.nameConstraints;
  return [
    {
      oid: OID.authorityKeyIdentifier,
      critical: false,
      value: authorityKeyIdentifier(options.issuerKeyIdentifier),
    },
    { oid: OID.subjectKeyIdentifier, critical: false, value: subjectKeyIdentifier(options.keyIdentifier) },
    { oid: OID.basicConstraints, critical: true, value: basicConstraints(true, options.pathLength) },
    { oid: OID.keyUsage, critical: true, value: keyUsage(['keyCertSign', 'cRLSign']) },
    ...(constraints
      ? [{ oid: OID.nameConstraints, critical: true, value: nameConstraints(constraints) }]
      : []),
    ...revocationExtensions(options.revocationPoints),
  ];
}
