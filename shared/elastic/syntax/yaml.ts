import { stringify } from 'yaml';

/** YAML as people read and paste it: long lines stay whole, since paths and PEM must not be folded, and nothing is an alias. */
export function yaml(value: object): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Several documents, as `kubectl apply` takes them. */
export function yamlDocuments(values: readonly object[]): string {
  return values.map(yaml).join('---\n');
}
