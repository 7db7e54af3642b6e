import type { KeyKind } from '../../../../shared/domain/key-kind.ts';
import type { ProfileName } from '../../../../shared/domain/profile.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { OutputSettings } from '../../../../shared/elastic/deployment/fields/outputs.ts';
import type { Kit } from '../../../../shared/elastic/kit/kit.ts';
import type { KitOutput } from '../../../../shared/elastic/kit/kit-output.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import { AppError } from '../../../../shared/errors/app-error.ts';
import { certificateOf } from '../rendering.ts';

/** An output of each type that breaks no rule. */
export const OUTPUTS = {
  elasticsearch: { type: 'elasticsearch', name: 'Main', hosts: ['https://es.example.com:9200'] },
  remote: { type: 'remote_elasticsearch', name: 'Remote', hosts: ['https://remote.example.com:9200'] },
  logstash: { type: 'logstash', name: 'Logstash', hosts: ['logstash.example.com:5044'] },
  kafka: {
    type: 'kafka',
    name: 'Kafka',
    hosts: ['kafka-1.example.com:9093', 'kafka-2.example.com:9093'],
    kafka: { topic: 'events', version: '2.6.0' },
  },
} as const satisfies Readonly<Record<string, OutputSettings>>;

const FLEET: Deployment = { fleetUrl: 'https://fleet.example.com:8220', fleetEnrollmentToken: 'dG9rZW4=' };

const OF_PROFILE: { readonly [name in ProfileName]?: Deployment } = { agent: FLEET };

export interface Subject {
  readonly profile?: ProfileName;
  readonly keyKind?: KeyKind;
}

export function kitFor(deployment: Deployment, { profile = 'agent', keyKind = 'rsa' }: Subject = {}): Kit {
  const base: Deployment = {
    model: 'on-premises',
    os: 'linux',
    stackVersion: '9.5.2',
    ...OF_PROFILE[profile],
  };
  return renderKit({
    deployment: checkDeployment({ ...base, ...deployment }, { profile, keyKind }),
    certificate: certificateOf({ name: 'web-01', keyKind }),
  });
}

/** The kit's first output, for a deployment that has only this one. */
export function outputOf(output: OutputSettings, deployment: Deployment = {}, subject?: Subject): KitOutput {
  const [first] = kitFor({ ...deployment, outputs: [output] }, subject).outputs ?? [];
  if (first === undefined) throw new Error('the kit has no output');
  return first;
}

/** `field: words` of every rule that refuses the deployment, the field below `#/deployment`. */
export function refused(deployment: Deployment, subject?: Subject): readonly string[] {
  try {
    kitFor(deployment, subject);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.errors.map(({ pointer, detail }) => `${pointer.replace('#/deployment', '')}: ${detail}`);
  }
  return [];
}
