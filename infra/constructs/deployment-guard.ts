import { type CustomResource, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { declarationOf } from '../settings/declaration.ts';
import type { Settings } from '../settings/settings.ts';
import { deploymentStep } from './deployment-step.ts';
import { ServiceFunction, type ServiceFunctionContext } from './service-function.ts';

export interface DeploymentGuardProps extends ServiceFunctionContext {
  readonly settings: Settings;
}

/**
 * Refuses a deployment whose settings differ from what the ledger records, before anything else is changed: CloudFormation
 * changes what {@link protects} only after the check has passed. The table alone comes before it, because the check reads it.
 */
export class DeploymentGuard extends Construct {
  private readonly check: CustomResource;

  constructor(scope: Construct, id: string, { settings, ...context }: DeploymentGuardProps) {
    super(scope, id);
    const checker = new ServiceFunction(this, 'Function', { ...context, name: 'check-deployment' });
    const stackName = `${Stack.of(this).stackName}/*`;
    const stack = Stack.of(this).formatArn({
      service: 'cloudformation',
      resource: 'stack',
      resourceName: stackName,
    });
    checker.policy.addStatements(
      new PolicyStatement({ actions: ['cloudformation:DescribeStacks'], resources: [stack] }),
      // It has no resource (service authorization reference, "Actions for AWS CloudFormation").
      new PolicyStatement({ actions: ['cloudformation:ListStacks'], resources: ['*'] }),
    );
    this.check = deploymentStep(this, 'Check', checker, {
      resourceType: 'Custom::DeploymentCheck',
      properties: {
        ...declarationOf(settings),
        nameConstraints: settings.nameConstraints,
        otherAuthorities: settings.otherAuthorities,
      },
    });
    const arn = `arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/${stackName}`;
    Validations.of(checker.policy).acknowledge(
      { id: 'AwsSolutions-IAM5[Resource::*]', reason: 'ListStacks has no resource.' },
      { id: `AwsSolutions-IAM5[Resource::${arn}]`, reason: 'The wildcard stands for the id of the stack.' },
    );
  }

  /** Lets CloudFormation create and change what is in `constructs` only after the check. */
  protects(constructs: readonly IConstruct[]): void {
    for (const construct of constructs) if (construct !== this) construct.node.addDependency(this.check);
  }
}
