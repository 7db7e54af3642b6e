import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import { FleetError } from '../revocation/ports.ts';
import type { KibanaOptions } from './request.ts';

/** The client of Secrets Manager of a function, made once when its module loads. */
export function secretsClient(config: SecretsManagerClientConfig = {}): SecretsManagerClient {
  return new SecretsManagerClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true },
    ...config,
  });
}

/**
 * The API key in a secret: the encoded key itself, or a JSON object with it as `encoded`, which is what Elasticsearch
 * returns of a new key. Read once, and again where Kibana refused it.
 */
export function secretApiKey(client: SecretsManagerClient, secretArn: string): KibanaOptions['apiKey'] {
  let key: Promise<string> | undefined;
  return (fresh) => {
    if (fresh || key === undefined) {
      key = readKey(client, secretArn);
      // What failed is read again the next time.
      key.catch(() => {
        key = undefined;
      });
    }
    return key;
  };
}

async function readKey(client: SecretsManagerClient, secretArn: string): Promise<string> {
  const key = encodedKey(await readSecret(client, secretArn));
  if (key !== undefined) return key;
  throw new FleetError(
    `the secret ${secretArn} must hold the encoded API key, or a JSON object with it as "encoded"`,
  );
}

async function readSecret(client: SecretsManagerClient, secretArn: string): Promise<string> {
  try {
    const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
    return SecretString.trim();
  } catch (error) {
    // The SDK's message may hold more than the name of the error.
    throw new FleetError(
      `the secret ${secretArn} cannot be read: ${error instanceof Error ? error.name : 'unknown'}`,
    );
  }
}

function encodedKey(secret: string): string | undefined {
  const key = secret.startsWith('{') ? encodedIn(secret) : secret;
  return key !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(key) ? key : undefined;
}

function encodedIn(json: string): string | undefined {
  try {
    const { encoded } = JSON.parse(json) as { readonly encoded?: unknown };
    return typeof encoded === 'string' ? encoded : undefined;
  } catch {
    return undefined;
  }
}
