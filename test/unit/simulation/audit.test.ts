import { describe, expect, test } from '@jest/globals';
import { DAY } from '../../../shared/domain/duration.ts';
import { instant } from '../../../shared/domain/instant.ts';
import { audit, type ServerWitness, type Witness } from '../../simulation/audit.ts';
import { History, type Interval, outside } from '../../simulation/history.ts';
import type { Issued } from '../../simulation/service.ts';
import { createVerifier } from '../../simulation/verifier.ts';
import { makeKey } from '../../support/csr.ts';
import { type Party, tinyCertificate } from '../../support/tiny-certificate.ts';

/* A fleet of one agent and one server for 100 days, in which nothing goes wrong; each test spoils one thing. */

const START = 20_800 * DAY;
const END = START + 100 * DAY;
const day = (count: number) => instant(START + count * DAY);
const party = (name: string): Party => ({ name, key: makeKey('p256') });
const [root, otherRoot, issuer] = [party('root'), party('other root'), party('issuer')];
const always = [day(-10), day(1000)] as const;
const ROOT = tinyCertificate(root, root, always, true);
const OTHER_ROOT = tinyCertificate(otherRoot, otherRoot, always, true);
const ISSUER = tinyCertificate(issuer, root, always, true);

let serials = 0;
function issued(from: number, to: number): Issued {
  serials += 1;
  const leaf = tinyCertificate(party('host'), issuer, [day(from), day(to)], false);
  const serialNumber = `serial ${serials}`;
  const chain = leaf + ISSUER;
  const window = { start: day(from + 20), end: day(from + 21) };
  return {
    serialNumber,
    issuer: 'issuer-1',
    chain,
    bundle: ROOT,
    notBefore: day(from),
    notAfter: day(to),
    window,
  };
}

const history = <Value>(...changes: readonly (readonly [from: number, value: Value])[]) => {
  const made = new History<Value>();
  for (const [from, value] of changes) made.set(day(from), value);
  return made;
};

/** Certificates of 30 days, each renewed after 20. */
function witness(name: string, away: readonly Interval[] = []): Witness {
  const certificates = [0, 20, 40, 60, 80].map((from) => [from, issued(from, from + 30)] as const);
  return {
    name,
    presented: history<Issued | undefined>(...certificates),
    bundles: history<string | undefined>([0, ROOT]),
    live: history([0, true]),
    renewals: new Map(certificates.map(([from, { serialNumber }]) => [serialNumber, day(from + 20)])),
    reachable: outside(away),
  };
}

const server = (loaded = history([0, ROOT])): ServerWitness => ({ ...witness('server'), loaded });
const judge = (agent: Witness, ...servers: readonly ServerWitness[]) =>
  audit([agent], servers, createVerifier(), END);
const inDays = ({ gaps }: ReturnType<typeof judge>) =>
  gaps.map(
    ({ agent, verifier, from, to }) =>
      `${agent} / ${verifier}: ${(from - START) / DAY} to ${(to - START) / DAY}`,
  );

test('a fleet in which nothing goes wrong has no gap', () => {
  const { gaps, lost, excused, pairs } = judge(witness('agent'), server());
  expect({ gaps, lost, excused }).toEqual({ gaps: [], lost: [], excused: 0 });
  expect(pairs).toBe(10);
});

describe('what the audit must find', () => {
  test('a server whose bundle lacks the root', () => {
    const late = server(history([0, OTHER_ROOT], [50, ROOT]));
    expect(inDays(judge(witness('agent'), late))).toEqual([
      'agent / server: 0 to 20',
      'agent / server: 20 to 40',
      'agent / server: 40 to 50',
    ]);
  });

  test('an agent whose renewal was dropped', () => {
    const agent = witness('agent');
    const dropped = { ...agent, presented: agent.presented.without((_, place) => place === 2) };
    expect(judge(dropped, server()).lost).toEqual(['agent']);
    // The last second of the certificate is valid.
    expect(judge(dropped).gaps).toMatchObject([{ verifier: 'itself', from: day(50) + 1, to: day(60) }]);
  });

  test('an agent whose bundle lacks the root, and so does not accept the server either', () => {
    const agent = { ...witness('agent'), bundles: history<string | undefined>([0, ROOT], [90, OTHER_ROOT]) };
    expect(inDays(judge(agent, server()))).toEqual([
      'agent / itself: 90 to 100',
      'agent / itself, of server: 90 to 100',
    ]);
  });

  test('an agent that was installed and has never enrolled', () => {
    const agent = {
      ...witness('agent'),
      presented: history<Issued | undefined>([0, undefined]),
      bundles: history<string | undefined>([0, undefined]),
    };
    expect(inDays(judge(agent))).toEqual(['agent / itself: 1 to 100']);
  });

  test('a server whose certificate ran out', () => {
    const over = server();
    const judged = judge(witness('agent'), {
      ...over,
      presented: over.presented.without((_, place) => place === 4),
    });
    expect(judged.lost).toEqual(['agent', 'server']);
  });
});

describe('the issuer is reported as compromised on day 50, and revoked on day 57', () => {
  const compromises = new Map([['issuer-1', { from: day(50), to: day(57) }]]);
  const judgeThen = (agent: Witness) => inDays(audit([agent], [], createVerifier(), day(60), compromises));
  const renewed = (agent: Witness, to: number) => {
    agent.presented.set(day(to), { ...issued(to, to + 30), issuer: 'issuer-2' });
    return agent;
  };
  const until = (agent: Witness) => ({
    ...agent,
    presented: agent.presented.without((_, place) => place > 2),
  });

  test('an agent that has renewed by then has no gap', () => {
    expect(judgeThen(renewed(until(witness('agent')), 52))).toEqual([]);
  });

  test('an agent that has not is lost', () => {
    expect(judgeThen(renewed(until(witness('agent')), 58))).toEqual(['agent / itself: 57 to 58']);
  });

  test('an agent that was away is excused', () => {
    const agent = until(witness('agent', [{ from: day(49), to: day(58) }]));
    expect(judgeThen(renewed(agent, 58))).toEqual([]);
  });
});

describe('what the audit must excuse', () => {
  const expired = (away: readonly Interval[]) => {
    const agent = witness('agent', away);
    return { ...agent, presented: agent.presented.without((_, place) => place === 2) };
  };

  test('an agent that could not be reached from the moment on at which it meant to renew', () => {
    const { gaps, excused } = judge(expired([{ from: day(40), to: day(58) }]));
    expect({ gaps, excused }).toEqual({ gaps: [], excused: 1 });
  });

  test('but not one that could be reached for a day of it', () => {
    const { lost } = judge(expired([{ from: day(41), to: day(58) }]));
    expect(lost).toEqual(['agent']);
  });

  test('nor one that nobody repairs once it can be reached again', () => {
    expect(inDays(judge(expired([{ from: day(40), to: day(52) }])))).toEqual(['agent / itself: 56 to 60']);
  });

  test('an agent of which nothing is expected', () => {
    const agent = {
      ...witness('agent'),
      live: history([0, true], [30, false]),
      bundles: history<string | undefined>([0, ROOT], [31, OTHER_ROOT]),
    };
    expect(judge(agent, server()).gaps).toEqual([]);
  });
});
