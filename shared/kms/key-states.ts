import { DescribeKeyCommand, DisableKeyCommand, EnableKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { KeyStates } from '../issuance/ports.ts';
import { type AttemptOptions, attemptWithin } from './attempts.ts';
import { kmsClient } from './client.ts';
import { keyHere } from './key-here.ts';

export interface KmsKeyStatesOptions extends AttemptOptions {
  /** With `maxAttempts` 1. @default {@link kmsClient} */
  readonly client?: KMSClient;
}

/** The states of keys in AWS KMS. They are eventually consistent (KMS developer guide, "Eventual consistency"). */
export function kmsKeyStates({ client = kmsClient(), ...options }: KmsKeyStatesOptions = {}): KeyStates {
  return {
    stateOf: async (keyArn) => {
      const command = new DescribeKeyCommand({ KeyId: await keyHere(client, keyArn) });
      const { answer } = await attemptWithin(options, 'DescribeKey', (timeout) =>
        client.send(command, timeout),
      );
      return answer.KeyMetadata?.KeyState ?? 'unknown';
    },
    enable: async (keyArn) => {
      const command = new EnableKeyCommand({ KeyId: await keyHere(client, keyArn) });
      await attemptWithin(options, 'EnableKey', (timeout) => client.send(command, timeout));
    },
    disable: async (keyArn) => {
      const command = new DisableKeyCommand({ KeyId: await keyHere(client, keyArn) });
      await attemptWithin(options, 'DisableKey', (timeout) => client.send(command, timeout));
    },
  };
}
