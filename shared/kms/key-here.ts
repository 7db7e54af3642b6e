import type { KMSClient } from '@aws-sdk/client-kms';
import { keyArnIn, primaryRegionOf } from '../domain/key-arn.ts';

/**
 * The ARN by which a client uses a key: a multi-Region key in the Region of the client, whichever one the recorded ARN names.
 * KMS refuses an ARN of another Region.
 */
export async function keyHere({ config }: KMSClient, keyArn: string): Promise<string> {
  return primaryRegionOf(keyArn) === undefined ? keyArn : keyArnIn(await config.region(), keyArn);
}
