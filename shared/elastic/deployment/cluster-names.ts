import type { Violation } from './rule.ts';

/**
 * A name that every kind of resource may have: an RFC 1123 label, shorter if other names begin with it.
 *
 * @param field - of the deployment, such as `/eck/secretName`
 */
export function resourceName(field: string, name: string | undefined, longest: number): Violation | false {
  if (name === undefined || (/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= longest))
    return false;
  return [
    field,
    `${wordOf(field)} must be a Kubernetes name of 1 to ${longest} lower-case letters, digits and hyphens, with a letter or digit at both ends`,
  ];
}

/** `registry:port/path:tag@digest`, in the characters that the OCI distribution specification allows. */
export function imageName(field: string, name: string | undefined): Violation | false {
  if (name === undefined || (/^[a-z0-9][A-Za-z0-9._:/@-]*$/.test(name) && name.length <= 512)) return false;
  return [field, `${wordOf(field)} must be the name of an image, for example registry.example.com/name:tag`];
}

function wordOf(field: string): string {
  return field.slice(field.lastIndexOf('/') + 1);
}
