import { at, objectAt } from '../../support/json.ts';
import { misfit, type Resource } from './schemas.ts';

/** What may stand in a map, and below; null where anything may. */
interface Fields {
  readonly [field: string]: Fields | null;
}

const POD_TEMPLATE: Fields = { podTemplate: null };

/**
 * The fields of an Agent that a kit may say, from the schema of the resource: its pod templates are open, and are held
 * against the schema of the workload that ECK makes of them.
 *
 * @see elastic/cloud-on-k8s config/crds/v1/resources/agent.k8s.elastic.co_agents.yaml (3.5)
 */
const AGENT: Fields = {
  daemonSet: POD_TEMPLATE,
  deployment: POD_TEMPLATE,
  statefulSet: POD_TEMPLATE,
  fleetServerRef: {
    name: null,
    namespace: null,
    secretName: null,
    serviceName: null,
    clientCertificateSecretName: null,
  },
  http: { tls: { certificate: { secretName: null }, client: { authentication: null } } },
  policyID: null,
};

const WORKLOADS = { daemonSet: 'DaemonSet', deployment: 'Deployment', statefulSet: 'StatefulSet' } as const;

/** What the schemas say against a part of an Agent. */
export function agentMisfits(agent: Resource): readonly string[] {
  const { apiVersion, kind, metadata, spec } = agent;
  const head =
    apiVersion === 'agent.k8s.elastic.co/v1alpha1' && kind === 'Agent' ? [] : [`${apiVersion} ${kind}`];
  const workloads = Object.entries(WORKLOADS).flatMap(([field, workload]) => {
    if (at(spec, `${field}.podTemplate`) === undefined) return [];
    const template = objectAt(spec, `${field}.podTemplate`);
    return [misfit(asWorkload(workload, metadata.name, template)) ?? ''];
  });
  return [...head, ...unknown(spec, AGENT, 'spec'), ...workloads.filter((text) => text !== '')];
}

function unknown(value: unknown, fields: Fields, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no map`];
  return Object.entries(value).flatMap(([name, below]) => {
    const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (known === undefined) return [`${path}.${name} is not in the schema`];
    return known === null ? [] : unknown(below, known, `${path}.${name}`);
  });
}

/** What ECK adds to every template is what a workload needs beside it. */
function asWorkload(kind: string, name: string, template: Readonly<Record<string, unknown>>): Resource {
  const labels = { 'agent.k8s.elastic.co/name': name };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      selector: { matchLabels: labels },
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      template: { metadata: { labels }, ...template },
    },
  };
}
