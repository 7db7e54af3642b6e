import type { Assembly } from '../../../infra/local/template/assembly.ts';
import { replicasOf } from '../../../infra/local/template/replicas.ts';
import { createTemplate } from '../../../infra/local/template/template.ts';

/** A policy document of a template, with names instead of references. */
export interface Policy {
  /** Type and logical id of the resource that it is part of. */
  readonly resource: string;
  readonly document: object;
}

/** Every policy document of an assembly, of identities, resources and keys; parliament reads no trust policies. */
export function policiesOf(assembly: Assembly, region = 'eu-central-1'): readonly Policy[] {
  const place = { accountId: '111122223333', region };
  const template = createTemplate(assembly, place);
  for (const resource of template.custom) {
    const { attributes = {} } = replicasOf(resource, place) ?? {};
    template.answered(resource, { ref: resource.logicalId, attributes });
  }
  return assembly.resources.flatMap((resource) =>
    documentsIn(resource.properties).length === 0
      ? []
      : documentsIn(template.resolve(resource).properties).map((document) => ({
          resource: `${resource.type} ${resource.logicalId}`,
          document,
        })),
  );
}

/** What has statements is a policy document, wherever it is. */
function documentsIn(value: unknown): readonly object[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('Statement' in value) return [value];
  return Object.entries(value).flatMap(([name, part]) =>
    name === 'AssumeRolePolicyDocument' ? [] : documentsIn(part),
  );
}
