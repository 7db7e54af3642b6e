import { parse, parseAllDocuments } from 'yaml';
import type { KeyKind } from '../../../../shared/domain/key-kind.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { EckSettings } from '../../../../shared/elastic/deployment/fields/eck.ts';
import type { Kit } from '../../../../shared/elastic/kit/kit.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import type { FieldError } from '../../../../shared/errors/app-error.ts';
import { certificateOf, refusalOf } from '../rendering.ts';

export const NAME = 'elastic-operator-metrics.elastic-system.svc';

export const PROXY_IMAGE = 'registry.example.com/kube-rbac-proxy:v0.19.1';

interface Subject {
  readonly keyKind?: KeyKind;
  readonly dnsNames?: readonly string[] | undefined;
}

/** The kit of an operator that is installed as given, with the parts that it always has. */
export function eckKit(
  eck: EckSettings = {},
  more: Deployment = {},
  subject: Subject = {},
): Kit & Required<Pick<Kit, 'kubernetes'>> {
  const { keyKind = 'p256', dnsNames = 'dnsNames' in subject ? undefined : [NAME, `${NAME}.cluster.local`] } =
    subject;
  const asked = { model: 'eck-metrics', eck, ...more };
  const { kubernetes, ...kit } = renderKit({
    deployment: checkDeployment(asked, { profile: 'eck-metrics', keyKind, dnsNames }),
    certificate: certificateOf({ name: 'eck-metrics', dnsNames, keyKind }),
  });
  if (kubernetes === undefined) throw new Error('no part for Kubernetes');
  return { ...kit, kubernetes };
}

/** Every document of the manifests, by `Kind name`. */
export function manifestsOf(kit: ReturnType<typeof eckKit>): Readonly<Record<string, unknown>> {
  const documents = parseAllDocuments(kit.kubernetes.manifests ?? '').map((document) => document.toJS());
  return Object.fromEntries(
    documents.map((document) => [`${document.kind} ${document.metadata.name}`, document]),
  );
}

/** The patch of the operator's StatefulSet: the pod's part of it. */
export function patchOf(kit: ReturnType<typeof eckKit>) {
  const command = kit.kubernetes.commands.find((line) => line.includes('--patch-file')) ?? '';
  const [, yaml = ''] = /<<'PATCH'\n(.*)PATCH$/s.exec(command) ?? [];
  return parse(yaml).spec.template.spec;
}

export function eckRefusals(
  eck: EckSettings,
  more: Deployment = {},
  subject: Subject = {},
): readonly FieldError[] {
  return refusalOf(() => eckKit(eck, more, subject)).errors;
}
