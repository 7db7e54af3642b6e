import { parse, parseAllDocuments } from 'yaml';
import type { KeyKind } from '../../../../shared/domain/key-kind.ts';
import type { ProfileName } from '../../../../shared/domain/profile.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { EckSettings } from '../../../../shared/elastic/deployment/fields/eck.ts';
import type { Kit } from '../../../../shared/elastic/kit/kit.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import type { FieldError } from '../../../../shared/errors/app-error.ts';
import { certificateOf, refusalOf } from '../rendering.ts';

export const IMAGE = 'registry.example.com/tools:1';

/** With which ECK manages client certificates. */
export const MANAGED: EckSettings = { eckVersion: '3.5.0', enterpriseLicense: true };

export interface Asked {
  /** @default agent */
  readonly profile?: ProfileName;
  readonly eck?: EckSettings;
  readonly container?: Deployment['container'];
  readonly more?: Deployment;
  readonly keyKind?: KeyKind;
  readonly dnsNames?: readonly string[] | undefined;
  readonly ipAddresses?: readonly string[];
}

export function eckAgentKit({
  profile = 'agent',
  eck = MANAGED,
  container = { image: IMAGE },
  more = {},
  keyKind = 'p256',
  ipAddresses,
  ...others
}: Asked = {}): Kit & Required<Pick<Kit, 'kubernetes'>> {
  const usual = profile === 'fleet-server' ? ['fleet-server-agent-http.default.svc'] : undefined;
  // Undefined where a test says so: not known yet.
  const dnsNames = 'dnsNames' in others ? others.dnsNames : usual;
  const asked: Deployment = {
    model: 'on-premises',
    stackVersion: '9.5.2',
    os: 'container',
    container: { runtime: 'eck', ...container },
    eck,
    ...more,
  };
  const { kubernetes, ...kit } = renderKit({
    deployment: checkDeployment(asked, { profile, keyKind, dnsNames, ipAddresses }),
    certificate: certificateOf({ name: 'elastic-agent', dnsNames, ipAddresses, keyKind }),
  });
  if (kubernetes === undefined) throw new Error('no part for Kubernetes');
  return { ...kit, kubernetes };
}

export function refusals(asked: Asked): readonly FieldError[] {
  return refusalOf(() => eckAgentKit(asked)).errors;
}

type EckKit = ReturnType<typeof eckAgentKit>;

/** Every document of the manifests, by its kind. */
export function manifestsOf(kit: EckKit): Readonly<Record<string, unknown>> {
  const documents = parseAllDocuments(kit.kubernetes.manifests ?? '').map((document) => document.toJS());
  return Object.fromEntries(documents.map((document) => [document.kind, document]));
}

/** The `spec` of what the Agent gets. */
export function patchOf(kit: EckKit) {
  return parse(kit.kubernetes.patches ?? '').spec;
}

export function codesOf(kit: EckKit): readonly string[] {
  return kit.notes.map(({ code }) => code);
}

export function noteOf(kit: EckKit, code: string): string | undefined {
  return kit.notes.find((note) => note.code === code)?.message;
}
