/** Which CA verifies a peer: fleetseal's roots, the system's, or a PEM or file of one's own. */
export type Trust = 'fleetseal' | 'system' | { readonly pem: string } | { readonly path: string };

/** The peers whose CA a deployment may name. */
export const TRUST_PEERS = ['fleetServer', 'elasticsearch', 'logstash', 'kafka', 'proxy'] as const;

/** One of {@link TRUST_PEERS}. */
export type TrustPeer = (typeof TRUST_PEERS)[number];
