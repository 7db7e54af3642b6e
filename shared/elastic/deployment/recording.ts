import type * as z from 'zod/mini';
import { type Deployment, deploymentSchema } from './deployment.ts';
import { headerPlaceholder, treatmentOf } from './fields/field.ts';

/*
 * What is kept of a deployment with its certificate: all but its secrets. Fleet's enrollment token, the values of
 * headers and logins in addresses are only for the host's commands; a kit that needs them again has placeholders. What is
 * kept of a field follows from its kind (fields/field.ts).
 */

/**
 * A deployment as it is recorded: JSON without secrets, its fields in the order of the table, so that deployments that
 * differ in their secrets or in the order of their fields are recorded alike.
 */
export function recordDeployment(deployment: Deployment): string {
  return JSON.stringify(keptOf(deploymentSchema, deployment));
}

/**
 * What {@link recordDeployment} wrote, as a request could have said it: no request may hold placeholders, so the values of
 * headers are empty. {@link withPlaceholders} puts them back.
 */
export function parseRecorded(recorded: string): unknown {
  return JSON.parse(recorded, (name, value) =>
    value === headerPlaceholder('HEADER', name) || value === headerPlaceholder('PROXY_HEADER', name)
      ? ''
      : value,
  );
}

/** The deployment with what stands for its secrets: the same as it is recorded. */
export function withPlaceholders(deployment: Deployment): Deployment {
  return JSON.parse(recordDeployment(deployment));
}

/** What is kept of a value that a schema describes. */
export function keptOf(schema: z.core.$ZodType, value: unknown): unknown {
  if (value === undefined) return undefined;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
      return keptOf(def.innerType, value);
    case 'array':
      return Array.isArray(value) ? value.map((item) => keptOf(def.element, item)) : undefined;
    case 'object':
      return Object.fromEntries(
        Object.entries(def.shape).map(([name, field]) => [name, keptOf(field, Object(value)[name])]),
      );
    default:
      return treatmentOf(schema)(value);
  }
}
