import { X509Certificate } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { LocalCloud } from '../../infra/local/local-cloud.ts';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import { SIGNATURE_ALGORITHMS } from '../../shared/domain/signature-algorithm.ts';

/** A CA key in the KMS of a local cloud. */
export interface CaKey {
  readonly keySpec: CaKeySpec;
  readonly sign: (digest: Uint8Array) => Promise<Uint8Array>;
}

/** The functions that may sign: the one with the root's key, the other with those of issuers. */
const SIGNERS = ['create-authority', 'enroll'] as const;

/**
 * The key of a CA certificate (PEM), called over KMS's own protocol with the role of the function that may sign with it;
 * key policies hold as for the function itself.
 *
 * @throws Error where no key of the cloud is the certificate's.
 */
export async function caKeyOf(cloud: LocalCloud, certificate: string): Promise<CaKey> {
  const clients = new Map(SIGNERS.map((name) => [name, clientOf(cloud, name)]));
  const publicKey = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  for (const { arn, role } of signingGrants(cloud)) {
    const signer = SIGNERS.find((name) => plain(role).includes(plain(name)));
    const answer = await clients
      .get('create-authority')
      ?.send(new GetPublicKeyCommand({ KeyId: arn }))
      .catch(notOurs);
    if (answer?.PublicKey === undefined || !publicKey.equals(answer.PublicKey)) continue;
    const [client, keySpec] = [signer && clients.get(signer), answer.KeySpec as CaKeySpec];
    if (client === undefined) throw new Error(`${role} may sign, and no function is known that has it`);
    return { keySpec, sign: (digest) => sign(client, arn, keySpec, digest) };
  }
  throw new Error('no key of the local cloud is that of the certificate');
}

/** Slots that wait for a rollover: nobody may read their key yet. */
function notOurs(error: Error): undefined {
  if (error.name !== 'AccessDeniedException') throw error;
}

async function sign(
  client: KMSClient,
  arn: string,
  keySpec: CaKeySpec,
  digest: Uint8Array,
): Promise<Uint8Array> {
  const { Signature } = await client.send(
    new SignCommand({
      KeyId: arn,
      Message: digest,
      MessageType: 'DIGEST',
      SigningAlgorithm: SIGNATURE_ALGORITHMS[keySpec].kms,
    }),
  );
  if (Signature === undefined) throw new Error('KMS answered without a signature');
  return Signature;
}

function clientOf(cloud: LocalCloud, functionName: string): KMSClient {
  const { credentials, endpoints } = cloud.sessionOf(functionName);
  return new KMSClient({ region: cloud.region, endpoint: endpoints.kms, credentials });
}

function signingGrants(cloud: LocalCloud): readonly { readonly arn: string; readonly role: string }[] {
  return cloud.permissions
    .granted()
    .filter(({ action }) => action === 'kms:Sign')
    .map(({ resource: arn, role }) => ({ arn, role }));
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('-', '');
}
