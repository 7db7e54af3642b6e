import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One resource of a synthesized template, as written: its properties may hold intrinsic functions. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** Whether it stays when its stack no longer has it (`DeletionPolicy`). */
  readonly retained: boolean;
}

/** All stacks of a cloud assembly, in the order in which they are deployed. */
export interface Assembly {
  readonly resources: readonly Resource[];
  /** Defaults of template parameters, by stack and name. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Values of outputs that are exported, by export name, with the stack that they are written in. */
  readonly exports: ReadonlyMap<string, { readonly stack: string; readonly value: unknown }>;
  /** Directory of a file asset, by the object key that it would have in the bootstrap bucket. */
  readonly assets: ReadonlyMap<string, string>;
}

interface Manifest {
  readonly artifacts: Record<
    string,
    {
      type: string;
      displayName?: string;
      dependencies?: string[];
      properties?: { templateFile?: string; file?: string; stackName?: string };
    }
  >;
}

interface Template {
  readonly Conditions?: object;
  readonly Parameters?: Record<string, { Default?: string }>;
  readonly Resources?: Record<
    string,
    { Type: string; Properties?: Record<string, unknown>; Condition?: string; DeletionPolicy?: string }
  >;
  readonly Outputs?: Record<string, { Value: unknown; Export?: { Name: unknown } }>;
}

interface AssetManifest {
  readonly files?: Record<
    string,
    { source: { path?: string }; destinations: Record<string, { objectKey: string }> }
  >;
}

/**
 * Reads a cloud assembly.
 *
 * @param directory the `cdk.out` of a synthesis.
 * @throws Error where there is none, or where a template has what the local cloud does not know.
 */
export function readAssembly(directory: string): Assembly {
  const manifest = read<Manifest>(join(directory, 'manifest.json'));
  const resources: Resource[] = [];
  const parameters = new Map<string, string>();
  const exports = new Map<string, { stack: string; value: unknown }>();
  const assets = new Map<string, string>();
  for (const id of deploymentOrder(manifest)) {
    const { type, properties = {}, displayName } = manifest.artifacts[id] ?? { type: '' };
    if (type === 'cdk:asset-manifest') readAssets(directory, properties.file ?? '', assets);
    if (type !== 'aws:cloudformation:stack') continue;
    const stack = properties.stackName ?? displayName ?? id;
    const template = read<Template>(join(directory, properties.templateFile ?? ''));
    for (const [logicalId, { Type, Properties = {}, Condition, DeletionPolicy = '' }] of Object.entries(
      template.Resources ?? {},
    )) {
      if (Condition !== undefined && Type !== 'AWS::CDK::Metadata')
        throw new Error(`${stack}: ${logicalId} has a condition; the local cloud knows none`);
      const retained = DeletionPolicy.startsWith('Retain');
      resources.push({ stack, logicalId, type: Type, properties: Properties, retained });
    }
    for (const [name, { Default }] of Object.entries(template.Parameters ?? {}))
      parameters.set(`${stack}/${name}`, Default ?? '');
    for (const { Value, Export } of Object.values(template.Outputs ?? {}))
      if (typeof Export?.Name === 'string') exports.set(Export.Name, { stack, value: Value });
  }
  return { resources, parameters, exports, assets };
}

function read<Shape>(file: string): Shape {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Shape;
  } catch (cause) {
    throw new Error(`no cloud assembly: cannot read ${file} (npm run synth makes it)`, { cause });
  }
}

/** Every artifact after those that it depends on. */
function deploymentOrder({ artifacts }: Manifest): readonly string[] {
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
      if (source.path !== undefined) assets.set(objectKey, join(directory, source.path));
}
