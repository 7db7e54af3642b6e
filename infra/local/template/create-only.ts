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

let loaded: Promise<CreateOnly> | undefined;

/** Reads CloudFormation's resource schemas once, which takes half a second or more. */
export function loadCreateOnly(): Promise<CreateOnly> {
  loaded ??= read();
  return loaded;
}

/** Keeps the names alone: the schemas are a hundred times larger. */
async function read(): Promise<CreateOnly> {
  const schemas = await loadAwsServiceSpec();
  const names = new Map(
    schemas.all('resource').map(({ cloudFormationType, properties }) => {
      const replacing = Object.entries(properties)
        .filter(([, { causesReplacement = 'no' }]) => causesReplacement !== 'no')
        .map(([name]) => name);
      return [cloudFormationType, [...(REFUSED_BY_PROVIDER[cloudFormationType] ?? []), ...replacing].sort()];
    }),
  );
  return (type) => names.get(type) ?? REFUSED_BY_PROVIDER[type] ?? [];
}
