import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { findingArn } from './finding-arn.ts';
import type { ServiceFunction } from './service-function.ts';

/** Lets a step of the deployment of its own stack ask whether that is rolled back. */
export function readsStateOfItsStack({ policy }: ServiceFunction): void {
  const { stackName } = Stack.of(policy);
  // A reference to the stack's id would be one of the stack to itself: it is known once the stack is there.
  const resourceName = `${stackName}/*`;
  const stack = Stack.of(policy).formatArn({ service: 'cloudformation', resource: 'stack', resourceName });
  policy.addStatements(
    new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [stack] }),
  );
  Validations.of(policy).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${findingArn(policy, 'cloudformation', `stack/${resourceName}`)}]`,
    reason: 'The wildcard stands for the id of the stack.',
  });
}
