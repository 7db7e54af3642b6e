import { readFileSync } from 'node:fs';

/** A resource of a template, as far as moto is concerned. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
}

export interface Template {
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: unknown;
}

export function readTemplate(file: string): Template {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * The template without the resources of some types: what refers to them has a literal instead. Parameters and rules are
 * left out as well: they are CDK's check of its bootstrap stack.
 */
export function without(types: ReadonlySet<string>, { Resources, Outputs }: Template): Template {
  const dropped = new Set(
    Object.entries(Resources).flatMap(([id, { Type }]) => (types.has(Type) ? [id] : [])),
  );
  const kept = Object.entries(Resources)
    .filter(([id]) => !dropped.has(id))
    .map(([id, { DependsOn = [], ...resource }]) => [
      id,
      {
        ...(literal(resource, dropped) as object),
        DependsOn: [DependsOn].flat().filter((name) => !dropped.has(name)),
      },
    ]);
  return { Resources: Object.fromEntries(kept), Outputs: literal(Outputs, dropped) };
}

function literal(value: unknown, dropped: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => literal(item, dropped));
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::GetAtt': attribute } = value as { Ref?: string; 'Fn::GetAtt'?: readonly string[] };
  const id = Ref ?? attribute?.[0];
  if (id !== undefined && dropped.has(id)) return `arn:aws:dropped:eu-central-1:123456789012:${id}`;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, literal(item, dropped)]));
}
