import { distance } from '../../output/time.ts';
import { type Finding, failed, ok, warning } from '../finding.ts';
import { isFor, type Subject } from '../subject.ts';

/** The part of a certificate's life after which it is renewed. */
const RENEWAL = 2 / 3;

/** The part after which a renewal that did not happen becomes urgent. */
const URGENT = 9 / 10;

export function checkValidity({ chain, now }: Subject): readonly Finding[] {
  const [{ validFromDate, validToDate }] = chain;
  const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
  const renewal = new Date(from + (to - from) * RENEWAL).toISOString().replace(/\.\d+Z$/, 'Z');
  const end = `${validToDate.toISOString().replace('.000Z', 'Z')} (${distance(validToDate.toISOString(), now)})`;
  if (now < from)
    return [
      failed(
        'validity',
        `Not valid before ${validFromDate.toISOString()}.`,
        'Set the clock of this host right.',
      ),
    ];
  if (now > to) return [failed('validity', `Expired at ${end}.`, 'Renew it, or enroll the host again.')];
  if (now > from + (to - from) * URGENT)
    return [
      failed(
        'validity',
        `Expires at ${end}, and was to be renewed from ${renewal}.`,
        'Renew it now, and look why the renewal job of this host did not.',
      ),
    ];
  if (Date.parse(renewal) < now)
    return [
      warning(
        'validity',
        `Expires at ${end}; to be renewed from ${renewal} on.`,
        'Look whether the renewal job of this host runs.',
      ),
    ];
  return [ok('validity', `Expires at ${end}; to be renewed from ${renewal} on (${distance(renewal, now)}).`)];
}

/** What each profile of fleetseal is for; other certificates are for either. */
const SIDES: Readonly<Record<string, readonly ('client' | 'server')[]>> = {
  agent: ['client'],
  'fleet-server': ['server', 'client'],
  'output-client': ['client'],
  'output-server': ['server'],
  proxy: ['server', 'client'],
  'eck-metrics': ['server'],
};

/** Extended key usage and names, as the profile needs them. */
export function checkPurpose({ chain, certificateFile, fleetUrl }: Subject): readonly Finding[] {
  const [leaf] = chain;
  const names = leaf.subjectAltName ?? '';
  const profile = profileOf(names, certificateFile);
  const sides = (['client', 'server'] as const).filter((side) => isFor(leaf, side));
  const missing = (SIDES[profile ?? ''] ?? []).filter((side) => !sides.includes(side));
  return [
    missing.length > 0
      ? failed(
          'key usage',
          `A certificate of profile ${profile} is for ${missing.join(' and ')} too, which its extended key usage lacks.`,
          'Enroll the host with a token of the right profile.',
        )
      : sides.length === 0
        ? warning(
            'key usage',
            'No extended key usage: Go takes it for any use, others refuse it.',
            'Enroll the host with fleetseal.',
          )
        : ok(
            'key usage',
            `For ${sides.join(' and ')}${profile === undefined ? '' : `, profile ${profile}`}.`,
          ),
    checkNames(names, sides.includes('server'), profile, leaf, fleetUrl),
  ];
}

/** From the SPIFFE ID of the certificate, or the name of its file, which kits give by the profile. */
function profileOf(names: string, file: string): string | undefined {
  const [, inName] = /URI:spiffe:\/\/[^/,]+\/([a-z-]+)\//.exec(names) ?? [];
  const [, inFile] = /([a-z-]+)\.crt$/.exec(file) ?? [];
  return [inName, inFile].find((each) => each !== undefined && Object.hasOwn(SIDES, each));
}

function checkNames(
  names: string,
  server: boolean,
  profile: string | undefined,
  leaf: Subject['chain'][0],
  fleetUrl: string | undefined,
): Finding {
  if (server && !/(DNS|IP Address):/.test(names))
    return failed(
      'names',
      'No DNS name and no IP address: no client takes it for the server that it looked for.',
      'Enroll it with --dns or --ip names, which its token must allow.',
    );
  const host =
    fleetUrl !== undefined && URL.canParse(fleetUrl)
      ? new URL(fleetUrl).hostname.replace(/^\[|\]$/g, '')
      : undefined;
  if (
    profile === 'fleet-server' &&
    host !== undefined &&
    leaf.checkHost(host) === undefined &&
    leaf.checkIP(host) === undefined
  )
    return failed(
      'names',
      `Agents look for ${host}, which is not among its names: ${names}.`,
      `Enroll it with the DNS name ${host}.`,
    );
  return names === ''
    ? warning(
        'names',
        'No subject alternative names.',
        'Enroll the host with fleetseal: its identity is in a URI name.',
      )
    : ok('names', names);
}
