import type { X509Certificate } from 'node:crypto';
import { type AdditionalRoot, MAX_ADDITIONAL_ROOTS_LENGTH } from '../domain/additional-root.ts';
import type { Root } from '../domain/authority.ts';
import { type Instant, toDate } from '../domain/instant.ts';
import { AppError, fieldErrors } from '../errors/app-error.ts';
import { certificateSha256 } from '../pki/certificate.ts';
import { toPem } from '../pki/pem.ts';
import {
  type DescribedCertificate,
  describeCertificate,
  readOneCertificate,
  trustAnchorProblems,
} from '../pki/trust-anchor.ts';
import {
  type AdditionalRootsDependencies,
  changeAdditionalRoots,
  findRoot,
} from './change-additional-roots.ts';

/**
 * Adds a root of another CA to the trust bundle, for an administrator. One that only the setting names stays from then
 * on, whatever later settings say.
 *
 * @returns it, and whether it is new in the bundle.
 * @throws AppError `root_refused` where it is not a root that is valid now, is one of the authority's own, or there is no
 *   room for it.
 */
export async function addRoot(
  deps: AdditionalRootsDependencies,
  { pem, by }: { readonly pem: string; readonly by: string },
): Promise<{ readonly root: AdditionalRoot; readonly created: boolean }> {
  const addedAt = deps.clock();
  const wanted = { ...readRoot(pem, addedAt), addedAt, addedBy: by, inSettings: false };
  let created = false;
  const { roots } = await changeAdditionalRoots(deps, by, ({ roots: own, additionalRoots }) => {
    checkForeign(own, wanted);
    const there = findRoot(additionalRoots.roots, wanted.sha256);
    created = there === undefined;
    return there === undefined
      ? checkRoom([...additionalRoots.roots, wanted])
      : additionalRoots.roots.map((root) => (root === there ? { addedBy: by, ...root } : root));
  });
  const root = findRoot(roots, wanted.sha256);
  if (root === undefined) throw new AppError('internal', 'an additional root is missing after its addition');
  return { root, created };
}

function readRoot(pem: string, now: Instant): DescribedCertificate {
  const certificate = readCertificate(pem);
  const described = describeCertificate(certificate);
  const problems = trustAnchorProblems(certificate, toDate(now));
  if (problems.length > 0) throw refused(`"${described.subject}"`, problems);
  return described;
}

function readCertificate(pem: string): X509Certificate {
  const certificate = readOneCertificate(pem);
  if (typeof certificate === 'string') throw refused('pem', [certificate]);
  return certificate;
}

/** The bundle has the authority's own roots anyway, and they leave it when they are retired. */
function checkForeign(own: readonly Root[], { sha256, subject }: DescribedCertificate): void {
  const same = own.find(({ certificate }) => certificate && certificateSha256(certificate) === sha256);
  if (same !== undefined)
    throw refused(`"${subject}"`, [`is ${same.id} of this authority: the trust bundle contains it`]);
}

export function checkRoom(roots: readonly AdditionalRoot[]): readonly AdditionalRoot[] {
  const length = roots.map(({ certificate }) => toPem('CERTIFICATE', certificate)).join('').length;
  if (length <= MAX_ADDITIONAL_ROOTS_LENGTH) return roots;
  throw refused('The additional roots', [
    `would be ${length} characters long, but every host downloads them, and ${MAX_ADDITIONAL_ROOTS_LENGTH} are the most: remove old ones first, with DELETE /v1/roots/{id} or from the setting additionalRoots`,
  ]);
}

function refused(subject: string, problems: readonly string[]): AppError {
  const errors = problems.map((problem) => ({ pointer: '#/pem', detail: `${subject} ${problem}.` }));
  return fieldErrors('root_refused', errors);
}
