import type { CertificateRecord } from '../../../shared/domain/certificate-record.ts';
import type { CertIdHash } from '../../../shared/domain/ocsp.ts';
import type { CertId } from '../../../shared/pki/ocsp/cert-id.ts';
import {
  type AnswerOcspDependencies,
  answerOcsp,
  type OcspAnswer,
} from '../../../shared/revocation/answer-ocsp.ts';
import { type CertifiedCa, certifyResponders } from '../../../shared/revocation/certify-responders.ts';
import { authorityReader } from '../../../shared/revocation/ocsp-authority.ts';
import { fakeCaSigner } from '../../fakes/ca-signer.ts';
import { certIdOf } from '../../support/responder.ts';
import { World } from '../issuance/world.ts';
import { issued } from './revoking.ts';

export const RESPONDER = {
  keyArn: 'arn:aws:kms:eu-central-1:000000000000:key/responder-1',
  keySpec: 'ECC_NIST_P256',
} as const;

/** How long responses live here: a window is half of it. Seconds. */
export const LIFETIME_SECONDS = 86_400;

/** An authority in memory with responders; signatures of responses are counted apart from those of certificates. */
export class OcspWorld {
  readonly world: World;
  readonly responder = fakeCaSigner({ [RESPONDER.keyArn]: RESPONDER.keySpec }, () => this.world.now);
  readonly deps: AnswerOcspDependencies;

  private constructor(world: World) {
    this.world = world;
    const { store, clock, pause, random } = world;
    this.deps = {
      store,
      clock,
      pause,
      random,
      signer: this.responder,
      keyArn: RESPONDER.keyArn,
      lifetimeSeconds: LIFETIME_SECONDS,
      readAuthority: authorityReader({ authority: store, responders: store, clock }),
    };
  }

  static async create(): Promise<OcspWorld> {
    const ocsp = new OcspWorld(await World.create());
    await ocsp.certify();
    return ocsp;
  }

  /** Signs with the CAs' keys, and knows the public key of the responder. */
  certify(): Promise<readonly CertifiedCa[]> {
    const { store, signer, clock, random } = this.world;
    const both = { sign: signer.sign, publicKey: this.responder.publicKey };
    return certifyResponders({ authority: store, responders: store, signer: both, clock, random }, RESPONDER);
  }

  issue(): Promise<CertificateRecord> {
    return issued(this.world);
  }

  /** How a request names a certificate of `ca`. */
  certId(serialNumber: string, hash: CertIdHash = 'sha1', ca = 'issuer-1'): CertId {
    const { roots, issuers } = this.world.store.tables;
    const certificate = (issuers.get(ca) ?? roots.get(ca))?.certificate;
    if (certificate === undefined) throw new Error(`${ca} has no certificate`);
    return certIdOf(certificate, serialNumber, hash);
  }

  /** The answer, from a function of its own: nothing is in memory that another one read. */
  ask(serialNumber: string, hash: CertIdHash = 'sha1', ca = 'issuer-1'): Promise<OcspAnswer> {
    const { store, clock } = this.world;
    const readAuthority = authorityReader({ authority: store, responders: store, clock });
    return answerOcsp({ ...this.deps, readAuthority }, this.certId(serialNumber, hash, ca));
  }
}
