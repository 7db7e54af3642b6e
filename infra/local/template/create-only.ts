import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';

/**
 * Properties that the resource's provider refuses to change, though its schema says nothing of it: "the update request
 * fails, regardless of the value of the UpdateReplacePolicy attribute" (CloudFormation template reference,
 * AWS::KMS::Key).
 */
const REFUSED_BY_PROVIDER: Readonly<Record<string, readonly string[]>> = {
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'Origin', 'MultiRegion'],
};

/** The properties of a type that never change: those of its provider, and those that its schema calls create-only. */
export type CreateOnly = (type: string) => readonly string[];

/** Reads CloudFormation's resource schemas; takes about half a second. */
export async function loadCreateOnly(): Promise<CreateOnly> {
  const schemas = await loadAwsServiceSpec();
  return (type) => {
    const [resource] = schemas.lookup('resource', 'cloudFormationType', 'equals', type);
    const replacing = Object.entries(resource?.properties ?? {})
      .filter(([, { causesReplacement = 'no' }]) => causesReplacement !== 'no')
      .map(([name]) => name);
    return [...(REFUSED_BY_PROVIDER[type] ?? []), ...replacing].sort();
  };
}
