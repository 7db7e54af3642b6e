import type { Physical, Place } from './place.ts';

/** What the intrinsic functions of a template refer to; each throws an Error that names what is not there. */
export interface References {
  readonly place: Place;
  /** The default of a template parameter; undefined where there is no such parameter. */
  parameter(stack: string, name: string): string | undefined;
  resource(stack: string, logicalId: string): Physical;
  /** The value of an export, unresolved, and the stack that it is written in. */
  exported(name: string): { readonly stack: string; readonly value: unknown };
}

/** Replaces all intrinsic functions in a value that is written in `stack` (CloudFormation template reference). */
export function resolveValue(value: unknown, stack: string, references: References): unknown {
  const resolve = (item: unknown) => resolveValue(item, stack, references);
  if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? ['', undefined];
  if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) {
    const apply = FUNCTIONS[name];
    if (apply === undefined) throw new Error(`${stack}: the local cloud does not know ${name}`);
    return apply(argument, stack, references);
  }
  const resolved = entries.map(([member, item]) => [member, resolve(item)] as const);
  return Object.fromEntries(resolved.filter(([, item]) => item !== undefined));
}

type IntrinsicFunction = (argument: unknown, stack: string, references: References) => unknown;

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: reference,
  'Fn::GetAtt': attribute,
  'Fn::Join'(argument, stack, references) {
    const [separator, parts] = argument as [string, unknown];
    return (resolveValue(parts, stack, references) as unknown[]).join(separator);
  },
  'Fn::Split'(argument, stack, references) {
    const [separator, text] = argument as [string, unknown];
    return String(resolveValue(text, stack, references)).split(separator);
  },
  'Fn::Select'(argument, stack, references) {
    const [index, list] = argument as [number | string, unknown];
    return (resolveValue(list, stack, references) as unknown[])[Number(index)];
  },
  'Fn::Sub': substitute,
  'Fn::ImportValue'(name, stack, references) {
    const { value, stack: exporter } = references.exported(String(resolveValue(name, stack, references)));
    return resolveValue(value, exporter, references);
  },
};

function reference(argument: unknown, stack: string, references: References): unknown {
  const name = String(argument);
  const pseudo = PSEUDO[name];
  if (pseudo !== undefined) return pseudo(references.place, stack);
  return references.parameter(stack, name) ?? references.resource(stack, name).ref;
}

function attribute(path: unknown, stack: string, references: References): string {
  const [logicalId = '', name = ''] = typeof path === 'string' ? path.split('.') : (path as string[]);
  const value = references.resource(stack, logicalId).attributes[name];
  if (value !== undefined) return value;
  throw new Error(`${stack}: the local cloud does not know attribute ${name} of ${logicalId}`);
}

function substitute(argument: unknown, stack: string, references: References): string {
  const [text, values] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, object];
  const named = new Map<string, unknown>(Object.entries(values));
  const replaced = text.replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
    if (named.has(name)) return String(resolveValue(named.get(name), stack, references));
    return String((name.includes('.') ? attribute : reference)(name, stack, references));
  });
  // `${!Name}` stands for `${Name}` itself.
  return replaced.replaceAll('$' + '{!', '$' + '{');
}

/** CloudFormation template reference, "Pseudo parameters". */
const PSEUDO: Readonly<Record<string, (place: Place, stack: string) => string | undefined>> = {
  'AWS::AccountId': ({ accountId }) => accountId,
  'AWS::Region': ({ region }) => region,
  'AWS::Partition': () => 'aws',
  'AWS::URLSuffix': () => 'amazonaws.com',
  'AWS::StackName': (_, stack) => stack,
  'AWS::StackId': ({ region, accountId }, stack) =>
    `arn:aws:cloudformation:${region}:${accountId}:stack/${stack}/local`,
  'AWS::NoValue': () => undefined,
};
