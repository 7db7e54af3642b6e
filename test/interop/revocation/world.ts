/** Shards of an issuer, by default. */
export const SHARDS = 16;

/** What a client is shown; only in the first two can it know what became of the certificate. */
export const SCENES = ['good', 'revoked', 'unknown', 'expired', 'forged'] as const;

export type Scene = (typeof SCENES)[number];

/** A certificate and the revocation data that a client gets with it. Paths are of DER files; each has a `.pem` beside it. */
export interface Case {
  readonly scene: Scene;
  readonly shard: number;
  readonly root: string;
  readonly issuer: string;
  readonly leaf: string;
  /** The list of its shard; in the scene `unknown` that of another. */
  readonly shardList: string;
  /** The full list of its issuer; in the scene `unknown` there is none. */
  readonly fullList: string | undefined;
  readonly rootFullList: string;
  readonly rootCaList: string;
}

/** Cases, and a server at the addresses in their certificates. */
export interface World {
  readonly cases: readonly Case[];
  /** Of every leaf certificate, PEM. */
  readonly key: string;
  readonly ocspUrl: string;
  /** From now on, serves the data of the scene: the addresses are the same in all. */
  readonly show: (scene: Scene) => void;
  readonly stop: () => Promise<void>;
}
