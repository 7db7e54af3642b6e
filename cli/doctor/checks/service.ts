import { readFileSync } from 'node:fs';
import type { Connection } from '../../api/connection.ts';
import { parseJson } from '../../api/problem.ts';
import { networkError } from '../../api/refusal.ts';
import { type ApiResponse, createAgent, send } from '../../api/send.ts';
import { read, type TrustView, trustView } from '../../api/views.ts';
import type { Terminal } from '../../terminal.ts';
import { type Finding, failed, ok, skipped, warning } from '../finding.ts';
import { certificatesIn, nameOf } from '../pem.ts';
import type { Subject } from '../subject.ts';

/** Fleet Server tolerates no skew and certificates begin 5 minutes back; SigV4 is refused beyond 5 minutes. */
const CLOCK = { warning: 60, failed: 300 } as const;

/** The service: whether it can be reached, the difference of clocks, and whether this host has its roots. */
export async function checkService(
  subject: Subject,
  connection: Connection | undefined,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  if (connection === undefined)
    return [
      skipped(
        'service',
        'Its address is not known: pass --url or set FLEETSEAL_URL to compare roots and clocks.',
      ),
    ];
  const url = new URL(`${connection.baseUrl}/trust`);
  const started = terminal.now();
  let answer: ApiResponse;
  try {
    answer = await send(createAgent(connection.ca, terminal.env), {
      method: 'GET',
      url,
      headers: { accept: 'application/json' },
      body: '',
    });
  } catch (error) {
    return [
      failed(
        'service',
        networkError(error, url).message,
        'Without it, this host cannot renew its certificate.',
      ),
    ];
  }
  if (answer.status !== 200)
    return [
      failed(
        'service',
        `${url} answers ${answer.status}.`,
        'Look whether this is the address of the service.',
      ),
    ];
  const trust = read(trustView, parseJson(answer.text));
  return [
    ok('service', `${connection.baseUrl} can be reached.`),
    ...checkClock(answer.headers['date'], (started + terminal.now()) / 2),
    ...checkBundle(subject, trust),
  ];
}

function checkClock(date: string | undefined, now: number): readonly Finding[] {
  const ahead = Math.round((now - Date.parse(date ?? '')) / 1000);
  if (Number.isNaN(ahead)) return [];
  const says = `This clock is ${Math.abs(ahead)} s ${ahead < 0 ? 'behind' : 'ahead of'} the service's.`;
  const wayOut = 'Synchronize it (chrony, systemd-timesyncd, w32time).';
  if (Math.abs(ahead) >= CLOCK.failed)
    return [
      failed('clock', `${says} New certificates are not valid yet, or signed requests are refused.`, wayOut),
    ];
  return Math.abs(ahead) >= CLOCK.warning
    ? [warning('clock', says, wayOut)]
    : [ok('clock', `It agrees with the service's to within a minute.`)];
}

/** The host verifies what the service issues by these roots, now and after a rollover. */
function checkBundle({ caFile, roots }: Subject, { bundle, sha256 }: TrustView): readonly Finding[] {
  if (caFile === undefined) return [];
  const here = new Set(roots.map(({ fingerprint256 }) => fingerprint256));
  const there = certificatesIn(bundle);
  const missing = there.filter(({ fingerprint256 }) => !here.has(fingerprint256));
  if (missing.length > 0) {
    const says = `${caFile} lacks ${missing.map(nameOf).join(', ')}, which the service's bundle has.`;
    const wayOut = `fleetseal trust --pem > ${caFile}, and restart what reads it.`;
    return [missing.length === there.length ? failed('roots', says, wayOut) : warning('roots', says, wayOut)];
  }
  const same = readFileSync(caFile, 'utf8') === bundle;
  return [
    ok(
      'roots',
      `${caFile} has every root of the service's bundle${same ? ` (SHA-256 ${sha256})` : ', and more'}.`,
    ),
  ];
}
