import { loadAwsServiceSpec } from '@aws-cdk/aws-service-spec';

/**
 * Properties that the provider refuses to change although they are not create-only in its schema: "the update request
 * fails, regardless of the value of the UpdateReplacePolicy attribute" (CloudFormation template reference,
 * AWS::KMS::Key).
 */
const REFUSED_BY_PROVIDER: Readonly<Record<string, readonly string[]>> = {
  'AWS::KMS::Key': ['KeySpec', 'KeyUsage', 'Origin', 'MultiRegion'],
};

/** The properties of a type that cannot change: those that its provider refuses, and those that are create-only. */
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
