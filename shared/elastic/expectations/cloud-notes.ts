import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { Note } from '../kit/note.ts';

/** The domains of Elastic Cloud: hosted deployments, their older names, and Serverless (elastic.co, Endpoint URLs). */
const CLOUD = /(?:^|\.)(?:cloud\.es\.io|found\.io|elastic-cloud\.com|elastic\.cloud)$/;

/** The addresses on Elastic Cloud of a deployment whose model takes every server for the caller's own. */
export function cloudNotes({ model, fleetUrl, fleetServer, outputs }: ResolvedDeployment): readonly Note[] {
  if (model !== 'on-premises') return [];
  const fields: readonly (readonly [field: string, addresses: readonly string[]])[] = [
    ['fleetUrl', [fleetUrl]],
    ['fleetServer.elasticsearchUrl', [fleetServer.elasticsearch.url]],
    ...outputs.map(({ hosts }, index) => [`outputs[${index}].hosts`, hosts] as const),
  ];
  return fields.flatMap(([field, addresses]) => {
    const host = addresses.map(hostOf).find((one) => CLOUD.test(one));
    return host === undefined ? [] : [note(field, host)];
  });
}

/** Of an address in canonical form, with or without a scheme. */
function hostOf(address: string): string {
  return address.replace(/^https:\/\//, '').replace(/[:/].*$/, '');
}

function note(field: string, host: string): Note {
  return {
    code: 'cloud_asks_for_no_certificate',
    severity: 'warning',
    message: `${field} is on Elastic Cloud (${host}), which asks no client for a certificate, so mutual TLS ends before it: use the model cloud-proxy, or on-premises-hosted-elasticsearch for a Fleet Server of your own, with a terminating proxy.`,
    source: 'elastic.co, Elastic Agent deployment models with mutual TLS',
  };
}
