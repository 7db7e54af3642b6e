import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  DescribeStacksCommand,
  paginateListStacks,
  StackStatus,
} from '@aws-sdk/client-cloudformation';
import type { Stacks } from '../rotation/ports.ts';

/**
 * The CloudFormation client of a function. The API is throttled for the whole account, and a rollback needs its answer: the
 * SDK tries eight times.
 *
 * Without `throwOnRequestTimeout` the SDK would only log that a request took too long (@smithy/types,
 * NodeHttpHandlerOptions).
 */
export function cloudFormationClient(config: CloudFormationClientConfig = {}): CloudFormationClient {
  return new CloudFormationClient({
    maxAttempts: 8,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 5000, throwOnRequestTimeout: true },
    ...config,
  });
}

/** Name of a stack that holds the keys of an authority (infra/stacks/add-stacks.ts). */
const AUTHORITY_STACK = /^fleetseal-.+-authority$/;

/** States in which a stack has, or may have, resources. */
const LIVE = Object.values(StackStatus).filter(
  (status) =>
    status !== StackStatus.DELETE_COMPLETE &&
    status !== StackStatus.REVIEW_IN_PROGRESS &&
    status !== StackStatus.ROLLBACK_COMPLETE,
);

/** The stacks of the account and Region, as CloudFormation lists them. */
export function cloudFormationStacks(client: CloudFormationClient): Stacks {
  return {
    isRollingBack: async (StackName) => {
      const { Stacks: stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
      return stacks.some(({ StackStatus: status = '' }) => status.includes('ROLLBACK'));
    },
    otherAuthorities: async (stackId) => {
      const found: string[] = [];
      for await (const { StackSummaries = [] } of paginateListStacks({ client }, { StackStatusFilter: LIVE }))
        for (const { StackId, StackName = '' } of StackSummaries)
          if (StackId !== stackId && AUTHORITY_STACK.test(StackName)) found.push(StackName);
      return found;
    },
  };
}
