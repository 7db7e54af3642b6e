import { execFileSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import type { CommonName } from '../../../shared/domain/common-name.ts';
import { DAY } from '../../../shared/domain/duration.ts';
import { plus } from '../../../shared/domain/instant.ts';
import type { RevocationUrl } from '../../../shared/domain/revocation-url.ts';
import type { SerialNumber } from '../../../shared/domain/serial-number.ts';
import { describeEffect } from '../../../shared/revocation/effect.ts';
import { FULL_LIST_AT_ONCE_MAX_ENTRIES } from '../../../shared/revocation/publish-lists.ts';
import { unenrollCommands } from '../../../shared/revocation/unenroll-commands.ts';
import { NOW, sampleRecord, sampleRevocation } from '../../support/records.ts';

const SETTINGS = {
  revocationUrl: 'http://pki.example.com',
  cacheSeconds: 60,
  listLifetimeSeconds: 3 * DAY,
  ocspLifetimeSeconds: DAY,
  kibanaUrl: '',
};

const revoked = (changes: Parameters<typeof sampleRecord>[0] = {}) => ({
  ...sampleRecord({ state: 'REVOKED', name: 'web-01' as CommonName, ...changes }),
  revocation: changes.revocation ?? sampleRevocation(),
});

describe('the effect of a revocation', () => {
  test('is said with the times of this deployment and the list of this certificate', () => {
    const record = revoked({ revocationUrl: SETTINGS.revocationUrl as RevocationUrl, crlShard: 3 });
    expect(describeEffect(SETTINGS, [record], NOW)).toMatchObject({
      renewal: 'Refused from now on.',
      ocsp: 'http://pki.example.com/ocsp says "revoked" from now on. Caches may serve an earlier response until 2026-11-23T06:01:00Z, and a verifier that keeps one until 2026-11-24T06:00:00Z.',
      crl: 'On http://pki.example.com/crl/issuer-1/3.crl by 2026-11-23T06:00:10Z. Caches may serve an earlier list until 2026-11-23T06:01:10Z, and a verifier that keeps one until 2026-11-26T06:00:10Z. The full lists and http://pki.example.com/crl/bundle.pem, for proxies that load a file, follow at once while a full list has at most 10,000 entries; a larger one is published by the next run of the schedule.',
      fleetServer:
        'Fleet Server, Elastic Agent, Elasticsearch and Logstash check neither lists nor OCSP: they accept the certificate until it expires, at 2026-12-23T06:00:00Z at the latest. A proxy in front of them refuses it, if it checks.',
      sessions:
        'TLS sessions that are open go on until they end, and those that are resumed are not checked again: restart the server, or close its connections, to end them.',
    });
  });

  test('names what renewed a certificate before, which may be in the hands of a thief', () => {
    const successor = { serialNumber: '1f'.repeat(18) as SerialNumber, publicKeySha256: 'ab'.repeat(32) };
    const renewal = (...records: Parameters<typeof describeEffect>[1]) =>
      describeEffect(SETTINGS, records, NOW).renewal;
    expect(renewal(revoked({ successor }))).toBe(
      `Refused from now on. But there were renewals before, by ${successor.serialNumber}. If a key was stolen, the thief may have renewed: look at the histories, and revoke these too.`,
    );
    const both = [revoked({ successor }), revoked({ serialNumber: successor.serialNumber })];
    expect(renewal(...both)).toBe('Refused from now on.');
    const superseded = sampleRevocation({ reason: 'superseded' });
    expect(renewal(revoked({ successor, revocation: superseded }))).toBe('Refused from now on.');
    const many = Array.from({ length: 5 }, (_, digit) =>
      revoked({ successor: { ...successor, serialNumber: `1${digit}`.repeat(18) as SerialNumber } }),
    );
    expect(renewal(...many)).toContain(' and 2 more. If a key');
  });

  test('follows the settings', () => {
    const settings = { ...SETTINGS, cacheSeconds: 300, listLifetimeSeconds: 7200, ocspLifetimeSeconds: 3600 };
    const { ocsp, crl } = describeEffect(settings, [revoked()], NOW);
    expect(ocsp).toContain(
      'until 2026-11-23T06:05:00Z, and a verifier that keeps one until 2026-11-23T07:00:00Z',
    );
    expect(crl).toContain(
      'until 2026-11-23T06:05:10Z, and a verifier that keeps one until 2026-11-23T08:00:10Z',
    );
  });

  test('says of full lists what is done', () => {
    const { crl } = describeEffect(SETTINGS, [], NOW);
    const entries = FULL_LIST_AT_ONCE_MAX_ENTRIES.toLocaleString('en');
    expect(crl).toContain(`at once while a full list has at most ${entries} entries`);
  });

  test('of a certificate without an address is on the full list; of several, on their lists', () => {
    expect(describeEffect(SETTINGS, [revoked()], NOW).crl).toContain(
      'On http://pki.example.com/crl/issuer-1/full.crl by',
    );
    for (const some of [[], [revoked(), revoked()]])
      expect(describeEffect(SETTINGS, some, NOW).crl).toContain(
        'On the lists in the certificates, http://pki.example.com/crl/<issuer>/<number>.crl, by',
      );
  });

  test.each([
    { name: 'a server', changes: { profile: 'output-server' as const } },
    { name: 'what was superseded', changes: { revocation: sampleRevocation({ reason: 'superseded' }) } },
    { name: 'what was never signed', changes: { state: 'VOID' as const } },
  ])('on agents: none has to be unenrolled for $name', ({ changes }) => {
    const { fleet, fleetCommands } = describeEffect(SETTINGS, [revoked(changes)], NOW);
    expect({ fleet, fleetCommands }).toEqual({
      fleet:
        'No agent has to be unenrolled: no agent uses these certificates, or it goes on with a successor (reason superseded).',
    });
  });

  test('on agents: the connector unenrolls them, where there is one', () => {
    const { fleet, fleetCommands } = describeEffect(
      { ...SETTINGS, kibanaUrl: 'https://kibana.example.com:5601' },
      [revoked()],
      NOW,
    );
    expect(fleet).toBe(
      'The connector unenrolls the agents at https://kibana.example.com:5601; the history of each certificate says how it ended.',
    );
    expect(fleetCommands).toBeUndefined();
  });

  test('of expired certificates says so, and no expiry to wait for', () => {
    const { fleetServer, expired } = describeEffect(SETTINGS, [revoked()], plus(NOW, 31 * DAY));
    expect(fleetServer).toContain('until it expires. A proxy');
    expect(expired).toMatch(/^1 of the certificates had expired/);
  });
});

describe('the commands that unenroll agents', () => {
  /** The arguments of curl, and what it gets on standard input. */
  function run(command: string) {
    const script = `curl() { cat; printf '\\n'; printf '%s\\n' "$@"; }\n${command}`;
    const env = { ...process.env, KIBANA_URL: 'https://kibana.example.com/s/ops/', KIBANA_API_KEY: 'a b==' };
    const [header, ...argv] = execFileSync('sh', ['-c', script], { encoding: 'utf8', env }).split('\n');
    return { header, argv: argv.filter((argument) => argument !== '') };
  }

  test('post to the agent that the host reported, with the key out of sight', () => {
    const [command = '', ...more] = unenrollCommands([
      { name: 'web-01' as CommonName, fleetAgentId: '9b2d5e0a-1111-4222-8333-444455556666' },
    ]);
    expect(more).toEqual([]);
    expect(run(command)).toEqual({
      header: 'Authorization: ApiKey a b==',
      argv: [
        ...['-sS', '-H', '@-', '-H', 'kbn-xsrf: true', '-H', 'Content-Type: application/json'],
        ...['-d', '{"revoke":true}'],
        'https://kibana.example.com/s/ops/api/fleet/agents/9b2d5e0a-1111-4222-8333-444455556666/unenroll',
      ],
    });
  });

  test.each([undefined, '$(reboot)', '"; reboot; "', '../../users', 'a'.repeat(65), ''])(
    'look the agent up by its host where the reported id is %j',
    (fleetAgentId) => {
      const name = 'web-01' as CommonName;
      const commands = unenrollCommands([fleetAgentId === undefined ? { name } : { name, fleetAgentId }]);
      const [lookUp, unenroll] = commands.map(run);
      expect(commands).toHaveLength(2);
      expect(lookUp?.argv).toEqual([
        ...['-sS', '-H', '@-', '-H', 'kbn-xsrf: true', '-G', '--data-urlencode'],
        'kuery=active:true and local_metadata.host.hostname:"web-01"',
        ...['-d', 'showInactive=true', 'https://kibana.example.com/s/ops/api/fleet/agents'],
      ]);
      expect(unenroll?.argv.at(-1)).toBe(
        'https://kibana.example.com/s/ops/api/fleet/agents/<id of the agent>/unenroll',
      );
    },
  );

  test('are those of 20 agents at most', () => {
    const many = Array.from({ length: 50 }, () => ({ name: 'web-01' as CommonName, fleetAgentId: 'a' }));
    expect(unenrollCommands(many)).toHaveLength(20);
  });
});
