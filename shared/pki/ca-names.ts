/** The common name of a root: two roots of one authority, as during a rollover, differ in name. */
export function rootCommonName(authority: string, rootId: string): string {
  return `fleetseal ${authority} ${rootId}`;
}

/** The common name of an issuer; below an external root, its CA may decide otherwise. */
export function issuerCommonName(authority: string, issuerId: string): string {
  return `fleetseal ${authority} ${issuerId}`;
}
