import { readdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { Authority, type Offer, ProxyHost, SHELLS } from '../unit/elastic/proxy/refresh-host.ts';

const authority = new Authority();
const stranger = authority.ca('fleetseal prod issuer-1');
const second = authority.ca('fleetseal prod issuer-2', authority.root);
const hosts: ProxyHost[] = [];

/** A host; with lists in place, if there are any. */
function host(present?: Offer): ProxyHost {
  const made = new ProxyHost(authority);
  hosts.push(made);
  if (present !== undefined) made.write('crl/bundle.pem', made.offer(present));
  return made;
}

afterEach(() => {
  for (const made of hosts.splice(0)) made.remove();
});
afterAll(() => authority.remove());

describe('the script that refreshes the lists of a proxy', () => {
  test.each(SHELLS)('%s: fetches the first ones, and reloads only when they change', (shell) => {
    const made = host();
    const first = made.offer({});
    expect(made.run([], shell)).toEqual({ code: 0, stderr: '' });
    expect(made.present).toBe(first);
    expect((statSync(made.lists).mode & 0o777).toString(8)).toBe('644');
    // Nobody had been asked to reload: the first run that can does.
    expect(made.run(['reload', 'the', 'proxy now'], shell)).toEqual({ code: 0, stderr: '' });
    expect(made.run(['reload', 'again'], shell)).toEqual({ code: 0, stderr: '' });
    expect(made.reloads).toEqual(['the proxy now']);
    const newer = made.offer({ issuer: { number: '06', revoked: ['0A'] } });
    expect(made.run(['reload', 'again'], shell)).toEqual({ code: 0, stderr: '' });
    expect([made.present, made.reloads]).toEqual([newer, ['the proxy now', 'again']]);
    expect(made.leftovers).toEqual([]);
  });

  const PART =
    'the list of CN=fleetseal prod issuer-1 covers only a part of its certificates: check what is served at http://pki.example.com/crl/bundle.pem';
  const KEPT = 'fleetseal: the present lists stay in use\n';
  test.each<{ name: string; offer: Offer; words: string }>([
    {
      name: 'a signature of another key',
      offer: { issuer: stranger.list({ number: '06' }) },
      words: 'the signature of the list of CN=fleetseal prod issuer-1 is wrong',
    },
    {
      name: 'an expired list',
      offer: { root: { number: '06', from: -7200, until: -10 } },
      words:
        'the list of CN=fleetseal prod root-1 has expired: check the clock of this host, and the service',
    },
    {
      name: 'a list of the future',
      offer: { issuer: { number: '06', from: 600 } },
      words: 'the list of CN=fleetseal prod issuer-1 is not valid yet: check the clock of this host',
    },
    {
      name: 'a list of a part of the certificates',
      offer: {
        issuer: { number: '06', extension: 'issuingDistributionPoint = critical, fullname:URI:http://a/1' },
      },
      words: PART,
    },
    {
      name: 'a list of a part, not marked critical, beside the complete one',
      offer: {
        more: authority.issuer.list({
          number: '06',
          revoked: ['0A', '0B'],
          extension: 'issuingDistributionPoint = onlyuser:TRUE',
        }),
      },
      words: PART,
    },
    {
      name: 'a list of the changes since another',
      offer: { issuer: { number: '06', extension: '2.5.29.27 = critical, DER:020105' } },
      words: PART,
    },
    {
      name: 'an older list',
      offer: { root: { number: '09' }, issuer: { number: '04' } },
      words: 'the list of CN=fleetseal prod issuer-1 is older than the present one',
    },
    {
      name: 'no list of the issuer',
      offer: { issuer: '' },
      words: 'there is no list of CN=fleetseal prod issuer-1: without it, the proxy refuses every client',
    },
    {
      name: 'no list of the root',
      offer: { root: '' },
      words: 'there is no list of CN=fleetseal prod root-1: without it, the proxy refuses every client',
    },
    {
      name: 'no list',
      offer: { root: '', issuer: '', more: '<html>\n' },
      words: 'the download contains no revocation list',
    },
    {
      name: 'half a list',
      offer: { more: '-----BEGIN X509 CRL-----\nMIIB\n' },
      words: 'a revocation list cannot be read',
    },
    {
      name: 'a list of a CA whose certificate is not served',
      offer: { more: second.list({ number: '01' }) },
      words:
        'cannot download the certificate of CN=fleetseal prod issuer-2 from http://pki.example.com/ca/issuer-2.cer: curl: (22) The requested URL returned error: 404',
    },
    {
      name: 'a list of a CA of somebody else',
      offer: { more: authority.ca('Old CA').list({ number: '01' }) },
      words:
        'the list of CN=Old CA is not from a CA of fleetseal: its certificate is not in DIRECTORY/ca.crt',
    },
  ])('keeps the present lists when it is offered $name', ({ offer, words }) => {
    const made = host({});
    const before = [made.present, made.reloads];
    made.offer(offer);
    const stderr = `fleetseal: ${words.replace('DIRECTORY', made.directory)}\n${KEPT}`;
    expect(made.run()).toEqual({ code: 1, stderr });
    expect([made.present, made.reloads]).toEqual(before);
    expect(made.leftovers).toEqual([]);
  });

  test('keeps them when nothing can be downloaded, and says that there are none yet', () => {
    const words = (kept: string) => ({
      code: 1,
      stderr: `fleetseal: cannot download the revocation lists from http://pki.example.com/crl/bundle.pem: curl: (22) The requested URL returned error: 404\nfleetseal: ${kept}\n`,
    });
    expect(host().run()).toEqual(words('there are no lists yet'));
  });

  test('compares numbers of any length', () => {
    const long = '18BCF2A9B3C4D5E6F708';
    const made = host({ issuer: { number: long } });
    made.offer({ issuer: { number: '18BCF2A9B3C4D5E6F707' } });
    expect(made.run().code).toBe(1);
    made.offer({ issuer: { number: 'F8BCF2A9B3C4D5E6F7' } });
    expect(made.run().code).toBe(1);
    const next = made.offer({ issuer: { number: '18BCF2A9B3C4D5E6F709' } });
    expect(made.run()).toEqual({ code: 0, stderr: '' });
    expect(made.present).toBe(next);
  });

  test('gets the certificate of an issuer that it does not know, if a root certified it', () => {
    const made = host({});
    made.serve('ca/issuer-2.cer', authority.ca('fleetseal prod issuer-2').der);
    const bundle = made.offer({ more: second.list({ number: '01' }) });
    expect(made.run()).toEqual({
      code: 1,
      stderr: `fleetseal: the certificate of CN=fleetseal prod issuer-2 is not signed by a root in ${made.directory}/ca.crt\n${KEPT}`,
    });
    made.serve('ca/issuer-2.cer', second.der);
    expect(made.run()).toEqual({ code: 0, stderr: '' });
    expect(made.present).toBe(bundle);
    made.serve('ca/issuer-2.cer', authority.issuer.der);
    expect(made.run().code).toBe(1);
  });

  test('trusts the roots of the host alone, and no CA of the system', () => {
    const made = host({});
    const ofSystem = authority.ca('System CA');
    const foreign = authority.ca('fleetseal prod issuer-2', ofSystem);
    made.serve('ca/issuer-2.cer', foreign.der);
    made.offer({ more: foreign.list({ number: '01' }) });
    const environment = { SSL_CERT_DIR: ofSystem.trustDirectory };
    expect(made.run(['reload'], '/bin/sh', '', environment)).toEqual({
      code: 1,
      stderr: `fleetseal: the certificate of CN=fleetseal prod issuer-2 is not signed by a root in ${made.directory}/ca.crt\n${KEPT}`,
    });
  });

  test('leaves out what is between the lists', () => {
    const made = host();
    const bundle = made.offer({});
    made.serve('crl/bundle.pem', `root:\r\n${bundle.replaceAll('\n', '\r\n')}\nthe end\n`);
    expect(made.run()).toEqual({ code: 0, stderr: '' });
    expect(made.present).toBe(bundle);
  });

  test('repeats a reload that failed', () => {
    const made = host({});
    made.breakReload(true);
    made.offer({ issuer: { number: '06' } });
    const failed = { code: 1, stderr: 'fleetseal: cannot reload the proxy: reload it\n' };
    expect([made.run(), made.run()]).toEqual([failed, failed]);
    made.breakReload(false);
    expect(made.run()).toEqual({ code: 0, stderr: '' });
    expect(made.run()).toEqual({ code: 0, stderr: '' });
    expect(made.reloads).toEqual(['it']);
  });

  test('many at the same time leave the newest lists', async () => {
    const made = host({});
    const bundle = made.offer({ issuer: { number: '06' } });
    expect(await made.runTogether(6)).toEqual(Array(6).fill(0));
    expect(made.present).toBe(bundle);
    expect(made.leftovers).toEqual([]);
  });
});

describe('before clients are refused, the script says so, with code 3:', () => {
  test('a list with less than half of its life left', () => {
    const made = host();
    made.offer({ root: { from: -4000, until: 3720 } });
    const stderr = expect.stringMatching(
      /^fleetseal: the list of CN=fleetseal prod root-1 expires in 1 h [012] min, and the proxy then refuses every client\n$/,
    );
    expect(made.run()).toEqual({ code: 3, stderr });
    expect(made.reloads).toEqual(['it']);
  });

  test('a list that has expired, while new ones cannot be had', () => {
    const made = host();
    made.write('crl/bundle.pem', authority.bundle({ issuer: { from: -900, until: -1 } }));
    expect(made.run()).toEqual({
      code: 3,
      stderr: expect.stringMatching(
        /cannot download .*\n.*stay in use\nfleetseal: the list of CN=fleetseal prod issuer-1 has expired: the proxy refuses every client\n$/,
      ),
    });
  });

  test('lists that cannot be read, which good ones replace', () => {
    const made = host();
    made.write('crl/bundle.pem', '-----BEGIN X509 CRL-----\nMIIB\n');
    expect(made.run()).toMatchObject({ code: 3, stderr: expect.stringMatching(/cannot be read\n$/) });
    const bundle = made.offer({});
    expect(made.run()).toEqual({ code: 0, stderr: '' });
    expect(made.present).toBe(bundle);
  });

  test('a root without a list, until additional.pem has one', () => {
    const made = host({});
    const old = authority.ca('Old CA');
    made.write('ca.crt', authority.root.pem + old.pem);
    expect(made.run()).toEqual({
      code: 3,
      stderr: `fleetseal: there is no list of CN=Old CA, whose clients the proxy refuses: put one into ${dirname(made.lists)}/additional.pem\n`,
    });
    made.write('crl/additional.pem', old.list({ number: '01' }));
    expect(made.run()).toEqual({ code: 0, stderr: '' });
    expect(made.present).toContain(authority.bundle({}));
    expect(made.reloads).toEqual(['it']);
    expect(made.leftovers).toEqual(['additional.pem']);
  });

  test('a list of another root that has expired, without a word against the others', () => {
    const made = host({});
    const old = authority.ca('Old CA');
    made.write('ca.crt', authority.root.pem + old.pem);
    made.write('crl/additional.pem', old.list({ number: '01', from: -90, until: -1 }));
    const bundle = made.offer({ issuer: { number: '06' } });
    expect(made.run()).toEqual({
      code: 3,
      stderr: expect.stringMatching(
        /^fleetseal: the list of CN=Old CA has expired: .*\nfleetseal: a list in .*additional\.pem is left out\nfleetseal: there is no list of CN=Old CA, .*\n$/,
      ),
    });
    expect([made.present, made.reloads]).toEqual([bundle, ['it']]);
  });

  test('lists of issuers below another root, with their certificates', () => {
    const made = host({});
    const old = authority.ca('Old CA');
    const below = authority.ca('Old issuing CA', old);
    const lists = [old.list({ number: '01' }), below.list({ number: '01' })] as const;
    made.write('ca.crt', authority.root.pem + old.pem);
    made.write('crl/additional.pem', lists.join(''));
    expect(made.run()).toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /^fleetseal: the list of CN=Old issuing CA is not from a CA of fleetseal: .*\nfleetseal: a list in .*additional\.pem is left out\n$/,
      ),
    });
    expect(made.present).toBe(authority.bundle({}) + lists[0]);
    made.write('crl/additional.pem', lists.join('') + below.pem);
    expect(made.run()).toEqual({ code: 0, stderr: '' });
    expect(made.present).toBe(authority.bundle({}) + lists.join(''));
  });
});

test('killed before any call of a program, it leaves old or new lists, and the next run finishes', () => {
  const whole = host({});
  const { path, calls } = whole.watched();
  const bundle = whole.offer({ issuer: { number: '06' } });
  whole.run(['reload', 'it'], '/bin/sh', path);
  const total = calls().length;
  expect(total).toBeGreaterThan(10);
  const old = authority.bundle({});
  for (let at = 1; at <= total; at++) {
    const made = host({});
    made.offer({ issuer: { number: '06' } });
    const { path } = made.watched(at);
    made.run(['reload', 'it'], '/bin/sh', path);
    expect([old, bundle]).toContain(made.present);
    expect(made.run()).toEqual({ code: 0, stderr: '' });
    expect(made.present).toBe(bundle);
    // The proxy has read the new lists, whatever happened.
    expect(made.reloads.length).toBeGreaterThanOrEqual(1);
    expect(readdirSync(dirname(made.lists)).sort()).toEqual(['.lock', 'bundle.pem']);
    made.remove();
  }
});
