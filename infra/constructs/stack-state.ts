import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { findingArn } from './finding-arn.ts';
import type { ServiceFunction } from './service-function.ts';

/** Lets a step of a deployment ask what state a stack is in, its own or another of the same account and Region. */
export function readsStateOf(stack: Stack, { policy }: ServiceFunction): void {
  // By name: a reference to the id of a stack that depends on this one is not possible, nor to that of its own.
  const resourceName = `${stack.stackName}/*`;
  const arn = Stack.of(policy).formatArn({ service: 'cloudformation', resource: 'stack', resourceName });
  policy.addStatements(new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [arn] }));
  Validations.of(policy).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${findingArn(policy, 'cloudformation', `stack/${resourceName}`)}]`,
    reason: 'The wildcard stands for the id of the stack.',
  });
}
