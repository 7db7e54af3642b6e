import type { Assembly, Resource } from './assembly.ts';
import { type Physical, type Place, physical } from './physical.ts';

/** A resource with all intrinsic functions replaced by what they answer. */
export type Resolved = Resource & Physical;

/** Properties as resolved values; the readers of each resource type know their shapes. */
export type Properties = Readonly<Record<string, unknown>>;

/** The resources of all stacks, resolvable. */
export interface Template {
  readonly place: Place;
  readonly types: ReadonlySet<string>;
  /** Resolved resources of a type, in the template's order. Attributes of custom resources must be known by then. */
  all(type: string): readonly Resolved[];
  /** Custom resources, unresolved: their turn is later. */
  readonly custom: readonly Resource[];
  resolve(resource: Resource): Resolved;
  /** Keeps what a custom resource answered, for `Ref` and `Fn::GetAtt`. */
  answered(resource: Resource, answer: Physical): void;
  /** Directory of the file asset with this object key. */
  asset(objectKey: string): string;
}

export function createTemplate(assembly: Assembly, place: Place): Template {
  const physicals = new Map<string, Physical>();
  const key = (stack: string, logicalId: string) => `${stack}/${logicalId}`;
  for (const resource of assembly.resources)
    if (!isCustom(resource))
      physicals.set(key(resource.stack, resource.logicalId), physical(resource, place));

  const find = (stack: string, logicalId: string): Physical => {
    const found = physicals.get(key(stack, logicalId));
    if (found === undefined)
      throw new Error(`${stack}: nothing is known of ${logicalId}, which another resource refers to`);
    return found;
  };

  const reference = (stack: string, name: string): unknown => {
    if (name in PSEUDO) return PSEUDO[name as keyof typeof PSEUDO](place, stack);
    return assembly.parameters.get(key(stack, name)) ?? find(stack, name).ref;
  };

  const attribute = (stack: string, [logicalId = '', name = '']: readonly string[]): string => {
    const value = find(stack, logicalId).attributes[name];
    if (value === undefined)
      throw new Error(`${stack}: the local cloud does not know attribute ${name} of ${logicalId}`);
    return value;
  };

  const substitute = (stack: string, argument: unknown): string => {
    const [text, values] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, Properties];
    const replaced = text.replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      if (name in values) return String(resolve(stack, values[name]));
      return String(name.includes('.') ? attribute(stack, name.split('.')) : reference(stack, name));
    });
    // `${!Name}` stands for `${Name}` itself.
    return replaced.replaceAll('$' + '{!', '$' + '{');
  };

  const imported = (name: unknown): unknown => {
    const exported = assembly.exports.get(String(name));
    if (exported === undefined) throw new Error(`no stack exports ${String(name)}`);
    return resolve(exported.stack, exported.value);
  };

  const functions: Readonly<Record<string, (stack: string, argument: unknown) => unknown>> = {
    Ref: (stack, name) => reference(stack, name as string),
    'Fn::GetAtt': (stack, path) =>
      attribute(stack, typeof path === 'string' ? path.split('.') : (path as string[])),
    'Fn::Join': (stack, argument) => {
      const [separator, parts] = argument as [string, unknown];
      return (resolve(stack, parts) as unknown[]).join(separator);
    },
    'Fn::Sub': substitute,
    'Fn::ImportValue': (stack, name) => imported(resolve(stack, name)),
  };

  const resolve = (stack: string, value: unknown): unknown => {
    if (Array.isArray(value))
      return value.map((item) => resolve(stack, item)).filter((item) => item !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [name, argument] = entries[0] ?? ['', undefined];
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
      const apply = functions[name];
      if (apply === undefined) throw new Error(`${stack}: the local cloud does not know ${name}`);
      return apply(stack, argument);
    }
    return Object.fromEntries(
      entries
        .map(([member, item]) => [member, resolve(stack, item)] as const)
        .filter(([, item]) => item !== undefined),
    );
  };

  const resolveResource = (resource: Resource): Resolved => ({
    ...resource,
    ...(physicals.get(key(resource.stack, resource.logicalId)) ?? { ref: '', attributes: {} }),
    properties: resolve(resource.stack, resource.properties) as Properties,
  });

  return {
    place,
    types: new Set(assembly.resources.map((resource) => resource.type)),
    all: (type) => assembly.resources.filter((resource) => resource.type === type).map(resolveResource),
    custom: assembly.resources.filter(isCustom),
    resolve: resolveResource,
    answered: (resource, answer) => void physicals.set(key(resource.stack, resource.logicalId), answer),
    asset: (objectKey) => {
      const directory = assembly.assets.get(objectKey);
      if (directory === undefined) throw new Error(`the assembly holds no asset ${objectKey}`);
      return directory;
    },
  };
}

function isCustom({ type }: Resource): boolean {
  return type.startsWith('Custom::');
}

/** CloudFormation template reference, "Pseudo parameters". */
const PSEUDO = {
  'AWS::AccountId': ({ accountId }: Place) => accountId,
  'AWS::Region': ({ region }: Place) => region,
  'AWS::Partition': () => 'aws',
  'AWS::URLSuffix': () => 'amazonaws.com',
  'AWS::StackName': (_: Place, stack: string) => stack,
  'AWS::StackId': ({ region, accountId }: Place, stack: string) =>
    `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/local`,
  'AWS::NoValue': () => undefined,
} as const;
