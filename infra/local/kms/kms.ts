import { join } from 'node:path';
import {
  type Answer,
  AwsError,
  type AwsService,
  type Input,
  type Permission,
} from '../service/aws-service.ts';
import { generateMaterial, type KmsKey, materialIn } from './key.ts';
import { KEY_SPECS, type KeySpec } from './key-spec.ts';
import { digest, hashOf, signDigest } from './sign.ts';

/** The KMS operations that the functions use, over keys in memory. Messages are those of the real service. */
export function kmsService(keys: readonly KmsKey[]): AwsService {
  const operations: Record<string, (input: Input) => unknown> = {
    Sign: (input) => sign(findKey(keys, input), input),
    GetPublicKey: (input) => getPublicKey(findKey(keys, input)),
    DescribeKey: (input) => ({ KeyMetadata: describe(findKey(keys, input)) }),
  };
  return {
    name: 'kms',
    target: 'TrentService',
    contentType: 'application/x-amz-json-1.1',
    permissions: (action, input) => kmsPermissions(action, input, findKey(keys, input).arn),
    perform: async ({ action, input }): Promise<Answer> => {
      return { status: 200, body: JSON.stringify(operations[action]?.(input)) };
    },
  };
}

/** The operations that the functions use. */
const OPERATIONS = ['Sign', 'GetPublicKey', 'DescribeKey'];

/**
 * What a call of KMS needs: its own action on the key (KMS developer guide, "AWS KMS condition keys").
 *
 * @throws AwsError for an operation that the local cloud does not know.
 */
export function kmsPermissions(action: string, input: Input, resource: string): readonly Permission[] {
  if (!OPERATIONS.includes(action))
    throw new AwsError(
      'UnknownOperationException',
      `the local KMS does not know the operation ${action}; teach kms.ts`,
    );
  const context = {
    'kms:SigningAlgorithm': String(input['SigningAlgorithm']),
    'kms:MessageType': String(input['MessageType'] ?? 'RAW'),
  };
  return [{ action: `kms:${action}`, resource, context: action === 'Sign' ? context : {} }];
}

/** By key id or key ARN, as `KeyId` takes them. */
function findKey(keys: readonly KmsKey[], input: Input): KmsKey {
  const wanted = String(input['KeyId'] ?? '');
  const key = keys.find((candidate) => candidate.arn === wanted || candidate.id === wanted);
  if (key === undefined) throw new AwsError('NotFoundException', `Key '${wanted}' does not exist`);
  return key;
}

function requireUsable(key: KmsKey, operation: string): void {
  if (key.state === 'Disabled') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
  if (key.state === 'PendingDeletion')
    throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  if (key.keyUsage !== 'SIGN_VERIFY')
    throw new AwsError(
      'InvalidKeyUsageException',
      `${key.arn} key usage is ${key.keyUsage} which is not valid for ${operation}.`,
    );
}

function sign(key: KmsKey, input: Input): unknown {
  requireUsable(key, 'Sign');
  const algorithm = String(input['SigningAlgorithm']);
  if (!KEY_SPECS[key.keySpec].algorithms.some((known) => known === algorithm))
    throw new AwsError(
      'InvalidKeyUsageException',
      `Algorithm ${algorithm} is incompatible with key spec ${key.keySpec}.`,
    );
  const signature = signDigest(key, algorithm, digestOf(input, algorithm));
  return { KeyId: key.arn, Signature: signature.toString('base64'), SigningAlgorithm: algorithm };
}

function digestOf(input: Input, algorithm: string): Buffer {
  const message = Buffer.from(String(input['Message'] ?? ''), 'base64');
  const messageType = input['MessageType'] ?? 'RAW';
  if (message.length < 1 || message.length > 4096)
    throw invalid(
      'message',
      `Member must have length ${message.length < 1 ? 'greater than or equal to 1' : 'less than or equal to 4096'}`,
    );
  if (messageType === 'RAW') return digest(algorithm, message);
  if (messageType !== 'DIGEST')
    throw invalid('messageType', 'Member must satisfy enum value set: [RAW, DIGEST, EXTERNAL_MU]');
  if (message.length !== hashOf(algorithm).length)
    throw new AwsError('ValidationException', `Digest is invalid length for algorithm ${algorithm}.`);
  return message;
}

function invalid(member: string, rule: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: ${rule}`,
  );
}

function getPublicKey(key: KmsKey): unknown {
  requireUsable(key, 'GetPublicKey');
  return {
    KeyId: key.arn,
    KeySpec: key.keySpec,
    CustomerMasterKeySpec: key.keySpec,
    KeyUsage: key.keyUsage,
    PublicKey: key.publicKey.toString('base64'),
    SigningAlgorithms: KEY_SPECS[key.keySpec].algorithms,
  };
}

function describe(key: KmsKey): unknown {
  return {
    AWSAccountId: key.arn.split(':')[4],
    KeyId: key.id,
    Arn: key.arn,
    Enabled: key.state === 'Enabled',
    KeyState: key.state,
    KeySpec: key.keySpec,
    CustomerMasterKeySpec: key.keySpec,
    KeyUsage: key.keyUsage,
    KeyManager: 'CUSTOMER',
    Origin: 'AWS_KMS',
    MultiRegion: false,
    SigningAlgorithms: KEY_SPECS[key.keySpec].algorithms,
  };
}

/** Material number `index` of a directory of ready-made keys; fresh material where no directory is given. */
export function readyMaterial(
  directory: string | undefined,
  keySpec: KeySpec,
  index: number,
): ReturnType<typeof generateMaterial> {
  const make = () => generateMaterial(keySpec);
  return directory === undefined ? make() : materialIn(join(directory, `${keySpec}-${index}.pem`), make);
}
