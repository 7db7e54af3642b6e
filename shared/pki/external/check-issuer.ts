import type { Instant } from '../../domain/instant.ts';
import { plus, toRfc3339 } from '../../domain/instant.ts';
import type { NameConstraints } from '../../domain/name-constraints.ts';
import { MAX_LEAF_LIFETIME_SECONDS } from '../../domain/profile.ts';
import type { FieldError } from '../../errors/app-error.ts';
import { validityOf } from '../parse-tbs.ts';
import type { ExternalCa } from './ca-certificate.ts';
import { checkConstraints, checkLimits } from './constraints.ts';
import { basicConstraintsOf, keyUsageOf } from './extensions.ts';
import {
  broken,
  criticalExtensions,
  duplicateExtensions,
  key,
  keyIdentifiers,
  knownConstraints,
  pathLength,
  purposes,
  type Rule,
  role,
  serialNumber,
  signature,
  validity,
} from './rules.ts';

/** The certificate of an issuer from outside, with all that it is judged by. */
export interface InstalledIssuer {
  readonly certificate: ExternalCa;
  /** The CAs between it and the root, from the one that certified it upwards. */
  readonly chain: readonly ExternalCa[];
  readonly root: ExternalCa & { readonly id: string };
  /** DER SubjectPublicKeyInfo of the issuer's key. */
  readonly publicKey: Uint8Array;
  /** DER Names that other CAs of the authority have. */
  readonly otherSubjects: readonly Uint8Array[];
  /** The setting `nameConstraints`. @default - any name */
  readonly limits?: NameConstraints | undefined;
  readonly now: Instant;
}

/** Of the certificate and of each CA between it and the root; the root is the trust anchor, and was checked. */
const RULES = [
  key,
  signature,
  serialNumber,
  role,
  duplicateExtensions,
  criticalExtensions,
  purposes,
  knownConstraints,
  keyIdentifiers,
];

/**
 * What is wrong with the certificate of an issuer and its chain, each with the way out: nothing is installed that a
 * verifier would refuse, or that lets the issuer do more than sign certificates of hosts.
 */
export function installedIssuerProblems(installed: InstalledIssuer): readonly FieldError[] {
  const { certificate, chain, now } = installed;
  return [
    ...at('#/certificate', certificate, broken(certificate, [...RULES, ...rulesOfIssuer(installed)])),
    ...chain.flatMap((ca, index) => {
      const rules = [...RULES, () => pathLength(ca, index + 1), () => validity(ca, now)];
      return at(`#/chain/${index}`, ca, broken(ca, rules));
    }),
    ...pathProblems(installed),
    ...rootProblems(installed),
  ];
}

/** The root was checked with the issuer alone below it; verifiers count the CAs between them as well. */
function rootProblems({ chain, root }: InstalledIssuer): readonly FieldError[] {
  const room = pathLength(
    root,
    chain.length + 1,
    'have the issuer certified by a CA that is nearer to the root',
  );
  return room === undefined ? [] : [{ pointer: '#/chain', detail: `${root.id}, ${root.name} ${room}.` }];
}

function at(pointer: string, { name }: ExternalCa, problems: readonly string[]): readonly FieldError[] {
  return problems.map((problem) => ({ pointer, detail: `${name} ${problem}.` }));
}

function rulesOfIssuer(installed: InstalledIssuer): readonly Rule[] {
  const { publicKey, limits, now } = installed;
  return [
    ({ parsed }) =>
      Buffer.compare(parsed.publicKey, publicKey) === 0
        ? undefined
        : 'must have the key of the CSR, but has another: have this CSR certified, not another one',
    (ca) =>
      keyUsageOf(ca).cRLSign
        ? undefined
        : 'must have the key usage cRLSign, since it signs revocation lists: have it issued again with that',
    // An issuer that could certify CAs could also make hosts take over a root of its own.
    (ca) =>
      basicConstraintsOf(ca).pathLength === 0
        ? undefined
        : 'must have pathLenConstraint 0 in its basicConstraints, so that its key can make no CA: have it issued again with that, as in the CSR',
    () => subjectProblem(installed),
    (ca) => validity(ca, now) ?? lifetimeProblem(ca, now),
    () => checkConstraints(installed),
    (ca) => checkLimits(ca, limits),
  ];
}

/** Revocation lists and OCSP name an issuer by its subject. */
function subjectProblem({ certificate, otherSubjects, chain, root }: InstalledIssuer): string | undefined {
  const { subject } = certificate.parsed;
  const others = [...otherSubjects, ...[...chain, root].map(({ parsed }) => parsed.subject)];
  return others.some((other) => Buffer.compare(other, subject) === 0) || subject.length <= EMPTY_NAME
    ? 'must have a subject of its own, unlike that of any other issuer and CA: have it issued with the subject of the CSR'
    : undefined;
}

/** Octets of a Name without any attribute. */
const EMPTY_NAME = 2;

/** A certificate is never clipped: the issuer must outlive the longest that it may issue. */
function lifetimeProblem({ parsed }: ExternalCa, now: Instant): string | undefined {
  const { notAfter } = validityOf(parsed);
  const least = plus(now, MAX_LEAF_LIFETIME_SECONDS);
  if (notAfter >= least) return undefined;
  const days = Math.round(MAX_LEAF_LIFETIME_SECONDS / 86_400);
  return `must be valid for at least ${days} days from now (the longest life of a certificate that it issues), until ${toRfc3339(least)}, but ends at ${toRfc3339(notAfter)}: have it issued for longer, some years are usual`;
}

/** Each certificate is signed by the next, and the last by the root; none ends after the one that signed it. */
function pathProblems({ certificate, chain, root }: InstalledIssuer): readonly FieldError[] {
  const path = [certificate, ...chain, root];
  return path.slice(0, -1).flatMap((ca, index) => {
    const pointer = index === 0 ? '#/certificate' : `#/chain/${index - 1}`;
    const above = path[index + 1] ?? root;
    const problem = linkProblem(ca, above, root) ?? nestingProblem(ca, above);
    return problem === undefined ? [] : [{ pointer, detail: `${ca.name} ${problem}.` }];
  });
}

function linkProblem(ca: ExternalCa, above: ExternalCa, root: InstalledIssuer['root']): string | undefined {
  const next = above === root ? `${root.id}, ${root.name}` : above.name;
  if (ca.x509.fingerprint256 === root.x509.fingerprint256)
    return 'is the root, which every verifier has: leave it out of the chain';
  if (!ca.x509.checkIssued(above.x509))
    return `was issued by "${(ca.x509.issuer ?? '').replaceAll('\n', ', ')}", which is not ${next}: give the CAs between it and the root as chain, from the one that issued it upwards`;
  return ca.x509.verify(above.x509.publicKey)
    ? undefined
    : `names ${next} as its issuer, but was signed with another key: use the certificate of that key`;
}

function nestingProblem(ca: ExternalCa, above: ExternalCa): string | undefined {
  const [end, limit] = [validityOf(ca.parsed).notAfter, validityOf(above.parsed).notAfter];
  return end > limit
    ? `ends at ${toRfc3339(end)}, after ${above.name}, which ends at ${toRfc3339(limit)}: have it issued until then at most`
    : undefined;
}
