import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readAssembly } from '../../../infra/local/template/assembly.ts';
import type { Template } from './template.ts';

/** For clients of every service that moto stands for. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** A stack that moto made. */
export interface MadeStack {
  readonly status: string;
  /** Physical ids, by logical id; moto lists what it cannot create without names. */
  readonly resources: ReadonlyMap<string, string>;
}

/** As of moto (its documentation, "Multi-account support"). */
const ACCOUNT = '123456789012';

/** Puts the code of the functions where CDK's bootstrap stack has its bucket. moto runs none of it. */
export async function putAssets(config: ClientConfig, assembly: string): Promise<void> {
  const client = new S3Client({ ...config, forcePathStyle: true });
  const Bucket = `cdk-hnb659fds-assets-${ACCOUNT}-${config.region}`;
  await client.send(new CreateBucketCommand({ Bucket }));
  for (const Key of readAssembly(assembly).assets.keys())
    await client.send(new PutObjectCommand({ Bucket, Key, Body: 'code' }));
  client.destroy();
}

/**
 * Creates a stack and answers its custom resources, as their functions would.
 *
 * @throws Error with moto's words where it refuses the template.
 */
export async function createStack(
  config: ClientConfig,
  StackName: string,
  template: Template,
): Promise<MadeStack> {
  const client = new CloudFormationClient(config);
  try {
    const created = await client.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: JSON.stringify(template),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
    for (const [LogicalResourceId, { Type }] of Object.entries(template.Resources))
      if (Type.startsWith('Custom::')) await answer(config, created.StackId ?? '', LogicalResourceId);
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const resources = new Map<string, string>();
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName }))
      for (const { LogicalResourceId = '', PhysicalResourceId = '' } of StackResourceSummaries)
        if (LogicalResourceId !== '') resources.set(LogicalResourceId, PhysicalResourceId);
    return { status: stack?.StackStatus ?? '', resources };
  } finally {
    client.destroy();
  }
}

/** What a function puts to the URL of its event (CloudFormation user guide, "Custom resource response objects"). */
async function answer(
  { endpoint, region }: ClientConfig,
  StackId: string,
  LogicalResourceId: string,
): Promise<void> {
  const url = `${endpoint}/cloudformation_${region}/cfnresponse?stack=${encodeURIComponent(StackId)}`;
  const body = JSON.stringify({
    Status: 'SUCCESS',
    StackId,
    LogicalResourceId,
    PhysicalResourceId: LogicalResourceId,
    RequestId: 'interop',
    Data: {},
  });
  // moto finds the Region in the scope.
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/cloudformation/aws4_request, SignedHeaders=host, Signature=0`;
  const { ok, status } = await fetch(url, { method: 'PUT', body, headers: { authorization } });
  if (!ok) throw new Error(`moto takes no answer of ${LogicalResourceId}: ${status}`);
}
