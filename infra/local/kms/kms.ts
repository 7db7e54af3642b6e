import { AwsError, type AwsService, type Input, type Permission } from '../service/aws-service.ts';
import { jsonProtocol, KMS } from '../service/json-protocol.ts';
import type { KeyState, KmsKey } from './key.ts';
import { KEY_SPECS } from './key-spec.ts';
import { digest, hashOf, signDigest } from './sign.ts';

/** The KMS operations that the functions use. Messages are those of KMS. */
const OPERATIONS: Readonly<Record<string, (key: KmsKey, input: Input) => unknown>> = {
  Sign: sign,
  GetPublicKey: getPublicKey,
  DescribeKey: describeKey,
  EnableKey: (key) => setState(key, 'Enabled'),
  DisableKey: (key) => setState(key, 'Disabled'),
};

/** A KMS whose keys are in memory. */
export function kmsService(keys: readonly KmsKey[]): AwsService {
  return {
    name: 'kms',
    protocol: jsonProtocol(KMS),
    permissions: (action, input) => kmsPermissions(action, input, findKey(keys, input).arn),
    perform: async ({ action, input }) => {
      const result = await OPERATIONS[action]?.(findKey(keys, input), input);
      // Operations without a result have no body.
      return {
        status: 200,
        body: result === undefined ? '' : JSON.stringify(result),
        headers: { 'content-type': KMS.contentType },
      };
    },
  };
}

/**
 * The permissions that a KMS call needs: its own action on the key (KMS developer guide, "AWS KMS condition keys").
 *
 * @throws AwsError for an operation that the local cloud does not have.
 */
export function kmsPermissions(action: string, input: Input, resource: string): readonly Permission[] {
  if (OPERATIONS[action] === undefined)
    throw new AwsError(
      'UnknownOperationException',
      `the local KMS does not have the operation ${action}; add it to infra/local/kms/kms.ts`,
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

function describeKey({ id, arn, keySpec, keyUsage, state }: KmsKey): unknown {
  return {
    KeyMetadata: {
      KeyId: id,
      Arn: arn,
      KeySpec: keySpec,
      KeyUsage: keyUsage,
      KeyState: state,
      Enabled: state === 'Enabled',
    },
  };
}

/** A key in the state already is no error (KMS developer guide, "Key states of AWS KMS keys"). */
async function setState(key: KmsKey, state: KeyState): Promise<void> {
  if (key.state === 'PendingDeletion')
    throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
  key.state = state;
  await key.keepState?.(state);
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
