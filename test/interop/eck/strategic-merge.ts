/** By which field Kubernetes merges the items of a list (patchMergeKey in its API); other lists are replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  env: 'name',
  initContainers: 'name',
  ports: 'containerPort',
  volumeMounts: 'mountPath',
  volumes: 'name',
};

type Item = Readonly<Record<string, unknown>>;

/** A strategic merge patch, applied as the API server does, as far as the kit's patches go. */
export function patched(target: unknown, patch: unknown, field = ''): unknown {
  const key = MERGE_KEYS[field];
  if (Array.isArray(patch)) return key === undefined ? patch : mergedList(asList(target), patch, key);
  if (!isItem(patch)) return patch;
  const base = isItem(target) ? target : {};
  const fields = Object.entries(patch).map(([name, value]) => [name, patched(base[name], value, name)]);
  // Null removes a field.
  const kept = Object.entries({ ...base, ...Object.fromEntries(fields) }).filter(
    ([, value]) => value !== null,
  );
  return Object.fromEntries(kept);
}

function mergedList(target: readonly Item[], patch: readonly Item[], key: string): readonly unknown[] {
  const kept = target.map((item) => {
    const change = patch.find((candidate) => candidate[key] === item[key]);
    return change === undefined ? item : change['$patch'] === 'delete' ? undefined : patched(item, change);
  });
  const added = patch.filter(
    (item) => item['$patch'] !== 'delete' && !target.some((candidate) => candidate[key] === item[key]),
  );
  return [...kept.filter((item) => item !== undefined), ...added];
}

function asList(value: unknown): readonly Item[] {
  return Array.isArray(value) ? value : [];
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
