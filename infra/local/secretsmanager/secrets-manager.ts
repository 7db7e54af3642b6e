import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsError, type AwsService } from '../service/aws-service.ts';
import { jsonProtocol, SECRETS_MANAGER } from '../service/json-protocol.ts';

/**
 * Secrets that are not part of the template: files that the operator puts into a directory.
 *
 * @param directory each file has the name that the secret has in its ARN, in percent-encoding.
 * @param log gets a line for a secret that is missing.
 */
export function secretsService(directory: string, log: (line: string) => void): AwsService {
  return {
    name: 'secretsmanager',
    protocol: jsonProtocol(SECRETS_MANAGER),
    permissions(action, { SecretId }) {
      if (action === 'GetSecretValue')
        return [{ action: `secretsmanager:${action}`, resource: String(SecretId), context: {} }];
      throw new AwsError(
        'UnknownOperationException',
        `the local Secrets Manager does not have the operation ${action}; it has GetSecretValue`,
      );
    },
    async perform({ input }) {
      const ARN = String(input['SecretId']);
      const name = ARN.slice(ARN.lastIndexOf(':') + 1);
      const file = join(directory, encodeURIComponent(name));
      const value = await readFile(file, 'utf8').catch(() => undefined);
      if (value === undefined) {
        log(`the secret ${ARN} is missing: put its value into ${file}`);
        throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      }
      const body = JSON.stringify({ ARN, Name: name.replace(/-\w{6}$/, ''), SecretString: value.trimEnd() });
      return { status: 200, body, headers: { 'content-type': SECRETS_MANAGER.contentType } };
    },
  };
}
