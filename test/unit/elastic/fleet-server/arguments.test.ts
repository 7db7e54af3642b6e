import { describe, expect, test } from '@jest/globals';
import type { ProfileName } from '../../../../shared/domain/profile.ts';
import { checkDeployment } from '../../../../shared/elastic/check-deployment.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import { MODELS } from '../../../../shared/elastic/deployment/models.ts';
import { renderKit } from '../../../../shared/elastic/render-kit.ts';
import {
  argumentsIn,
  CERTIFICATE,
  type Choice,
  choices,
  deploymentOf,
  FINGERPRINT,
  KINDS,
  tally,
} from './choices.ts';
import { enrollment } from './elastic-agent.ts';

/** Divides no count of choices, so that every value of each meets every value of its neighbours. */
const STRIDE = 11;

const FRONT = {
  fleetUrl: 'https://proxy.example.com:8220',
  elasticsearchUrl: 'https://proxy.example.com:9243',
};
const ECK: Deployment = { eck: { eckVersion: '3.5.0', install: 'helm' } };

function* sample(): Generator<Choice> {
  let index = 0;
  for (const choice of choices()) if (index++ % STRIDE === 0) yield choice;
}

describe('arguments over model, system, version, profile, passphrase, proxy and privilege', () => {
  // All of them: test/exhaustive/arguments.test.ts.
  test('every array of a sample is accepted by what enroll.go says, and means what was asked', () => {
    const { accepted, refused, expected, wrong } = tally(sample());
    expect(wrong.slice(0, 5)).toEqual([]);
    expect({ accepted, refused }).toEqual(expected);
    expect(accepted).toBeGreaterThan(4_000);
  });

  // A profile whose kit has arguments belongs into the product above.
  test.each(
    Object.entries(MODELS).flatMap(([model, { profiles }]) =>
      profiles.map((profile) => ({ model, profile })),
    ),
  )('$model, $profile: has arguments only where they are judged', ({ model, profile }) => {
    const addresses = {
      fleetUrl: 'https://fleet.cloud.example',
      elasticsearchUrl: 'https://es.cloud.example',
    };
    const needs: Partial<Record<ProfileName, Deployment>> = {
      'output-client': { outputs: [{ type: 'logstash', name: 'Logstash', hosts: ['logstash:5044'] }] },
      'output-server': { outputs: [{ type: 'logstash' }] },
      proxy: { proxy: { ...FRONT, upstream: addresses } },
    };
    const kind = KINDS.find((each) => each.model === model && each.profile === profile);
    const [choice] = [...choices()].filter((each) => each.kind === kind);
    const direct = ['on-premises', 'eck-metrics'].includes(model) || profile === 'output-server';
    const proxied = direct ? {} : { proxy: FRONT };
    const deployment =
      kind === undefined || choice === undefined
        ? { model, os: 'linux', ...proxied, ...needs[profile], ...(profile === 'eck-metrics' ? ECK : {}) }
        : deploymentOf(choice);
    const kit = renderKit({
      deployment: checkDeployment(deployment, { profile, keyKind: 'rsa' }),
      certificate: CERTIFICATE,
    });
    expect(argumentsIn(kit)).toHaveLength(kind === undefined ? 0 : 2);
  });

  const listener = ['--fleet-server-cert=/f.crt', '--fleet-server-cert-key=/f.key'];
  const agent = ['--elastic-agent-cert=/f.crt', '--elastic-agent-cert-key=/f.key'];
  const good = [
    'install',
    '--non-interactive',
    '--url=https://fleet:8220',
    '--certificate-authorities=/own.crt,/ca.crt',
    '--fleet-server-es=https://es:9200',
    '--fleet-server-service-token-path=/token',
    '--fleet-server-client-auth=required',
    ...listener,
    ...agent,
  ];
  const without = (...flags: readonly string[]) => good.filter((argument) => !flags.includes(argument));
  const rows: readonly [string, readonly string[], string, number?][] = [
    [
      'a relative CA behind another',
      [...without(good[3] ?? ''), '--certificate-authorities=/a,b'],
      'absolute',
    ],
    ['two CAs for Elasticsearch', [...good, '--fleet-server-es-ca=/a,/b'], 'absolute path'],
    ['colons in a fingerprint', [...good, `--fleet-server-es-ca-trusted-fingerprint=${FINGERPRINT}`], 'hex'],
    ['a token in argv', [...good, '--fleet-server-service-token=AAEA'], 'secret'],
    ['no token', without('--fleet-server-service-token-path=/token'), 'must include a service token'],
    ['no listener', without(...listener), 'of its own making'],
    ['half a listener', without('--fleet-server-cert-key=/f.key'), 'go together'],
    ['no certificate of its own agent', without(...agent), 'certificate required'],
    ['no CA for agents', without(good[3] ?? ''), "the system's CAs"],
    ['an unknown word', [...without(good[6] ?? ''), '--fleet-server-client-auth=yes'], 'must be one of'],
    ['the internal port', [...good, '--fleet-server-port=8221'], 'address already in use'],
    [
      'a passphrase of the agent alone',
      [...good, '--elastic-agent-cert-key-passphrase=/p'],
      'no passphrase for',
    ],
    [
      'an encrypted key for Elasticsearch',
      [
        ...good,
        '--elastic-agent-cert-key-passphrase=/p',
        '--fleet-server-cert-key-passphrase=/p',
        '--fleet-server-es-cert=/f.crt',
        '--fleet-server-es-cert-key=/f.key',
      ],
      'no passphrase for /f.key',
    ],
    [
      'Elasticsearch without TLS',
      [...without(good[4] ?? ''), '--fleet-server-es=http://es'],
      'connection string',
    ],
    ['no Elasticsearch and no token', without('--fleet-server-es=https://es:9200'), 'standalone'],
    ['a version before the flag', good, 'does not exist in 812', 812],
  ];
  test.each(rows)('the checker itself fails on %s', (_, argv, message, version = 905) => {
    expect(() => enrollment(good, { windows: false, version: 905 })).not.toThrow();
    expect(() => enrollment(argv, { windows: false, version })).toThrow(message);
  });
});
