import { type Finding, failed, ok, warning } from '../finding.ts';
import { nameOf } from '../pem.ts';
import { issuerOf, type Subject } from '../subject.ts';

/** The certificates lead from the leaf to a root of the CA file, each signed by the next. */
export function checkChain(subject: Subject): readonly Finding[] {
  const { chain, roots, caFile, certificateFile } = subject;
  const [leaf] = chain;
  if (leaf.ca)
    return [
      failed(
        'chain',
        `${certificateFile} begins with a CA certificate.`,
        'Put the leaf first and its issuers behind it, as the kit has them.',
      ),
    ];
  if (caFile === undefined)
    return [
      failed(
        'chain',
        'There is no file with the roots (ca.crt).',
        'Write it with "fleetseal trust --pem", or name it with --ca.',
      ),
    ];
  const path = [leaf];
  for (let issuer = issuerOf(subject, leaf); issuer !== undefined; ) {
    path.push(issuer);
    if (roots.includes(issuer)) return [found(path, subject), ...order(subject)];
    issuer = issuerOf(subject, issuer);
  }
  const last = path.at(-1) ?? leaf;
  return [
    failed(
      'chain',
      `${nameOf(last)} is signed by ${last.issuer.replaceAll('\n', ', ')}, which is neither behind it in ${certificateFile} nor in ${caFile}.`,
      'Take the certificate with its issuers from the kit, and the roots from "fleetseal trust --pem".',
    ),
  ];
}

function found(path: readonly { readonly subject: string }[], { now, chain }: Subject): Finding {
  const expired = chain.find(({ validToDate }) => validToDate.getTime() < now);
  if (expired !== undefined && expired !== chain[0])
    return failed(
      'chain',
      `The issuer ${nameOf(expired)} expired at ${expired.validToDate.toISOString()}.`,
      'Enroll the host again: another issuer signs its certificate.',
    );
  return ok('chain', `${path.map((each) => each.subject.replaceAll('\n', ', ')).join(' < ')}`);
}

/** Fleet Server and Elastic's library take a certificate file whose issuers are in order, without the root. */
function order({ chain, roots, certificateFile }: Subject): readonly Finding[] {
  const wrong = chain.findIndex((each, index) => index > 0 && !chain[index - 1]?.checkIssued(each));
  if (wrong > 0)
    return [
      failed(
        'chain order',
        `${certificateFile}: certificate ${wrong + 1} did not sign the one before it.`,
        'Write the leaf first, then each issuer behind what it signed.',
      ),
    ];
  const sent = new Set(roots.map(({ fingerprint256 }) => fingerprint256));
  return chain.some(({ fingerprint256 }) => sent.has(fingerprint256))
    ? [
        warning(
          'chain order',
          `${certificateFile} holds a root too.`,
          'Leave the root out: peers have it, and each handshake sends it in vain.',
        ),
      ]
    : [];
}
