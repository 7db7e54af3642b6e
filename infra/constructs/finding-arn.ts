import { Stack, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * An ARN of this account as cdk-nag writes it in findings: references as `<name>`, and what the stack knows as it is.
 *
 * @param rest what is behind the account
 */
export function findingArn(scope: IConstruct, service: string, rest: string): string {
  const { partition, region } = Stack.of(scope);
  const known = (value: string, name: string) => (Token.isUnresolved(value) ? `<${name}>` : value);
  return `arn:${known(partition, 'AWS::Partition')}:${service}:${known(region, 'AWS::Region')}:<AWS::AccountId>:${rest}`;
}
