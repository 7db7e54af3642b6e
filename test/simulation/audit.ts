import { DAY } from '../../shared/domain/duration.ts';
import { common, type History, type Interval, uncovered } from './history.ts';
import type { Issued } from './service.ts';
import type { Verifier } from './verifier.ts';

/** What a host was, as the simulation recorded it. */
export interface Witness {
  readonly name: string;
  readonly presented: History<Issued | undefined>;
  /** The bundle on its disk. */
  readonly bundles: History<string | undefined>;
  readonly live: History<boolean>;
  /** From when on it would renew each certificate, by serial number. */
  readonly renewals: ReadonlyMap<string, number>;
  reachable(time: number): boolean;
}

/** A Fleet Server: its listener trusts the bundle that it loaded at its last start. */
export interface ServerWitness extends Witness {
  readonly loaded: History<string>;
}

/** A time in which a live agent that could have renewed had no certificate that everyone accepts. */
export interface Gap extends Interval {
  readonly agent: string;
  /** Who does not accept it. */
  readonly verifier: string;
  readonly serialNumber: string | undefined;
}

/**
 * Issuers that were reported as compromised, by id: from then on their certificates must be replaced, and at the end of the
 * interval the root revokes the issuer, which ends all of them.
 */
export type Compromises = ReadonlyMap<string, Interval>;

export interface Audit {
  readonly gaps: readonly Gap[];
  /** Agents with a gap. */
  readonly lost: readonly string[];
  /** Pairs of a presented chain and a bundle that were compared. */
  readonly pairs: number;
  /** Times in which an agent had no valid certificate because it could not be reached when it should have renewed. */
  readonly excused: number;
}

/**
 * Whether, at every moment, every live agent that was reachable in its window has a certificate that verifies against the
 * bundle it holds and the bundle of every server, and accepts the certificate of every server.
 */
export function audit(
  agents: readonly Witness[],
  servers: readonly ServerWitness[],
  verifier: Verifier,
  end: number,
  compromises: Compromises = new Map(),
): Audit {
  const compared = new Map<string, Set<string>>();
  const valid = (issued: Issued, bundle: string) => {
    const { chain } = issued;
    const bundles = compared.get(chain) ?? new Set();
    compared.set(chain, bundles.add(bundle));
    const ends = { from: 0, to: compromises.get(issued.issuer)?.to ?? Number.POSITIVE_INFINITY };
    return common(verifier.validity(chain, bundle), [ends]);
  };
  let excused = 0;
  const served = servers.map((server) => ({
    ...server,
    served: demandsOn(server, excusesOf(server, compromises, end), end),
  }));
  const gaps = [...agents, ...servers].flatMap((agent) => {
    const excuses = excusesOf(agent, compromises, end);
    excused += excuses.filter(({ expired }) => expired).length;
    const demands = demandsOn(agent, excuses, end);
    const against = (verifier: string, bundles: History<string | undefined>) =>
      demands.flatMap(({ issued, ...when }) =>
        bundles.until(end).flatMap(({ value: bundle, ...held }) =>
          common([when], [held]).flatMap((both) =>
            uncovered(both, issued && bundle ? valid(issued, bundle) : []).map((gap) => ({
              ...gap,
              agent: agent.name,
              verifier,
              serialNumber: issued?.serialNumber,
            })),
          ),
        ),
      );
    return [
      ...against('itself', agent.bundles),
      ...served
        .filter(({ name }) => name !== agent.name)
        .flatMap((server) => [
          ...against(server.name, server.loaded),
          ...accepts(agent, server, demands, valid, end),
        ]),
    ];
  });
  const pairs = [...compared.values()].reduce((sum, bundles) => sum + bundles.size, 0);
  return { gaps, lost: [...new Set(gaps.map(({ agent }) => agent))], pairs, excused };
}

/** A time in which nothing is demanded, and whether its certificate had expired. */
type Excuse = Interval & { readonly expired: boolean };

type Demand = Interval & { readonly issued: Issued | undefined };

/** The times in which the agent must have a certificate, and the one that it presented. */
function demandsOn(agent: Witness, excuses: readonly Interval[], end: number): readonly Demand[] {
  const live = agent.live.until(end).filter(({ value }) => value);
  return agent.presented
    .until(end)
    .flatMap(({ value: issued, ...when }) =>
      common([when], live).flatMap((part) =>
        uncovered(part, excuses).map((demand) => ({ ...demand, issued })),
      ),
    );
}

/** The agent's side of a handshake: the server's certificate by the agent's bundle, while the agent is asked for. */
function accepts(
  agent: Witness,
  { served, ...server }: Pick<Witness, 'name'> & { readonly served: readonly Demand[] },
  demands: readonly Demand[],
  valid: (issued: Issued, bundle: string) => readonly Interval[],
  end: number,
): readonly Gap[] {
  return agent.bundles.until(end).flatMap(({ value: bundle, ...held }) =>
    common(common([held], demands), served).flatMap((both) => {
      const { issued } = served.find(({ from, to }) => from <= both.from && both.to <= to) ?? {};
      return uncovered(both, issued && bundle ? valid(issued, bundle) : []).map((gap) => ({
        ...gap,
        agent: agent.name,
        verifier: `itself, of ${server.name}`,
        serialNumber: issued?.serialNumber,
      }));
    }),
  );
}

/**
 * The times after a certificate ended whose agent could not be reached from the moment on at which it meant to renew, and
 * before it had another one; and while it is installed and has none yet.
 */
function excusesOf(agent: Witness, compromises: Compromises, end: number): readonly Excuse[] {
  return agent.presented.until(end).flatMap(({ value, from, to }): readonly Excuse[] => {
    if (value === undefined)
      return [{ from, to: Math.min(to, firstRun(agent, from) + GRACE), expired: false }];
    const { notAfter, serialNumber, issuer } = value;
    const compromise = compromises.get(issuer);
    const planned = agent.renewals.get(serialNumber) ?? notAfter;
    const renewAt = Math.max(from, Math.min(planned, (compromise?.from ?? planned) + HOSTS_ASK));
    const over = Math.min(notAfter, compromise?.to ?? notAfter);
    if (over >= to || firstRun(agent, renewAt) < over) return [];
    // Since it can be reached again, it has had time to be repaired.
    return [{ from: over, to: Math.min(to, firstRun(agent, over) + REPAIR), expired: true }];
  });
}

/** Within which an installed host has enrolled, whatever faults it met; within which an expired one is enrolled again. */
const GRACE = DAY;
const REPAIR = 4 * DAY;

/** Within which every host that can be reached has learned of a compromise. */
const HOSTS_ASK = DAY;

/** When the daily timer runs next while the agent can be reached. */
function firstRun(agent: Witness, from: number): number {
  let time = Math.ceil(from / DAY) * DAY;
  while (!agent.reachable(time)) time += DAY;
  return time;
}
