import { CustomResource, Duration, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ServiceFunction } from './service-function.ts';

/** CloudFormation invokes the function asynchronously, and waits for no attempt that begins later. */
export const SERVICE_TIMEOUT = Duration.minutes(5);

export interface DeploymentStepProps {
  readonly resourceType: `Custom::${string}`;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A custom resource that CloudFormation creates and updates by `step`, which runs for nothing else. */
export function deploymentStep(
  scope: Construct,
  id: string,
  step: ServiceFunction,
  props: DeploymentStepProps,
): CustomResource {
  step.fn.configureAsyncInvoke({ retryAttempts: 2, maxEventAge: SERVICE_TIMEOUT });
  Validations.of(step.fn).acknowledge({
    id: 'Serverless-LambdaAsyncFailureDestination',
    reason: 'CloudFormation waits for the response, and fails the deployment where none comes.',
  });
  const serviceToken = step.fn.functionArn;
  const resource = new CustomResource(scope, id, { serviceToken, serviceTimeout: SERVICE_TIMEOUT, ...props });
  resource.node.addDependency(step);
  return resource;
}
