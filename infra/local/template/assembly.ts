import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  AssemblyManifest,
  AssetManifest,
  AssetManifestProperties,
  AwsCloudFormationStackProperties,
} from 'aws-cdk-lib/cloud-assembly-schema';

/** A resource of a synthesized template; its properties may contain intrinsic functions. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Whether it is kept when the template no longer contains it (`DeletionPolicy`). */
  readonly retained: boolean;
  /** Logical ids, of the same stack. */
  readonly dependsOn?: readonly string[];
}

/** All stacks of a cloud assembly, in the order in which they are deployed. */
export interface Assembly {
  readonly resources: readonly Resource[];
  /** Defaults of template parameters, by stack and name. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Exported outputs, by export name: the value, and the stack that it is written in. */
  readonly exports: ReadonlyMap<string, { readonly stack: string; readonly value: unknown }>;
  /** Directories of file assets, by object key in the bootstrap bucket. */
  readonly assets: ReadonlyMap<string, string>;
}

interface StackTemplate {
  readonly Conditions?: object;
  readonly Parameters?: Record<string, { Default?: string }>;
  readonly Resources?: Record<
    string,
    {
      Type: string;
      Properties?: Record<string, unknown>;
      Condition?: string;
      DeletionPolicy?: string;
      DependsOn?: string | readonly string[];
    }
  >;
  readonly Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
}

/**
 * Reads a cloud assembly.
 *
 * @param directory the `cdk.out` of a synthesis.
 * @param region of the stacks, where they are of two. @default - that of the first stack
 * @throws Error where it does not exist, has no stack in that Region, or a template has conditions.
 */
export function readAssembly(directory: string, region?: string): Assembly {
  const { artifacts = {} } = read<AssemblyManifest>(join(directory, 'manifest.json'));
  const order = deploymentOrder(artifacts);
  const inRegion = stacksIn(region, order, artifacts);
  const stacks: [string, StackTemplate][] = [];
  const assets = new Map<string, string>();
  for (const id of order) {
    const { type, properties, displayName = id } = artifacts[id] ?? {};
    if (type === 'cdk:asset-manifest')
      readAssets(directory, (properties as AssetManifestProperties).file, assets);
    if (type !== 'aws:cloudformation:stack' || !inRegion.has(id)) continue;
    const { stackName = displayName, templateFile } = properties as AwsCloudFormationStackProperties;
    stacks.push([stackName, read<StackTemplate>(join(directory, templateFile))]);
  }
  return {
    resources: stacks.flatMap(([stack, template]) => resourcesOf(stack, template)),
    parameters: new Map(stacks.flatMap(([stack, template]) => parametersOf(stack, template))),
    exports: new Map(stacks.flatMap(([stack, template]) => exportsOf(stack, template))),
    assets,
  };
}

/** CDK writes this for stacks without a Region of their own; templates that somebody wrote by hand have none either. */
const ANY_REGION = 'unknown-region';

/** The ids of the stacks that are of the Region, or of any. */
function stacksIn(
  asked: string | undefined,
  order: readonly string[],
  artifacts: NonNullable<AssemblyManifest['artifacts']>,
): ReadonlySet<string> {
  const regions = order.flatMap((id) => {
    const { type, environment = ANY_REGION } = artifacts[id] ?? {};
    return type === 'aws:cloudformation:stack' ? [[id, environment.split('/').at(-1)] as const] : [];
  });
  const [[, first] = []] = regions;
  const wanted = [asked ?? first, ANY_REGION];
  const found = regions.filter(([, region]) => wanted.includes(region));
  if (found.length === 0)
    throw new Error(
      `the stacks are of the Regions ${[...new Set(regions.map(([, region]) => region))].join(', ')}, and AWS_REGION is ${asked}: set it to one of them`,
    );
  return new Set(found.map(([id]) => id));
}

function resourcesOf(stack: string, { Resources = {} }: StackTemplate): readonly Resource[] {
  return Object.entries(Resources).map(
    ([
      logicalId,
      { Type: type, Properties: properties = {}, Condition, DeletionPolicy = '', DependsOn = [] },
    ]) => {
      if (Condition !== undefined && type !== 'AWS::CDK::Metadata')
        throw new Error(`${stack}: ${logicalId} has a condition, which the local cloud does not evaluate`);
      const retained = DeletionPolicy.startsWith('Retain');
      return { stack, logicalId, type, properties, retained, dependsOn: [DependsOn].flat() };
    },
  );
}

function parametersOf(stack: string, { Parameters = {} }: StackTemplate): readonly [string, string][] {
  return Object.entries(Parameters).map(([name, { Default = '' }]) => [`${stack}/${name}`, Default]);
}

function exportsOf(stack: string, { Outputs = {} }: StackTemplate) {
  return Object.values(Outputs).flatMap(({ Value: value, Export }) =>
    typeof Export?.Name === 'string' ? [[Export.Name, { stack, value }] as const] : [],
  );
}

function read<Shape>(file: string): Shape {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Shape;
  } catch (cause) {
    throw new Error(`cannot read ${file} of the cloud assembly; run npm run synth`, { cause });
  }
}

/** The artifacts, each after those that it depends on. */
function deploymentOrder(artifacts: NonNullable<AssemblyManifest['artifacts']>): readonly string[] {
  const ordered = new Set<string>();
  const visit = (id: string): void => {
    if (ordered.has(id)) return;
    for (const dependency of artifacts[id]?.dependencies ?? []) visit(dependency);
    ordered.add(id);
  };
  for (const id of Object.keys(artifacts)) visit(id);
  return [...ordered];
}

function readAssets(directory: string, file: string, assets: Map<string, string>): void {
  const { files = {} } = read<AssetManifest>(join(directory, file));
  for (const { source, destinations } of Object.values(files))
    for (const { objectKey } of Object.values(destinations))
      if (source?.path !== undefined) assets.set(objectKey, join(directory, source.path));
}
