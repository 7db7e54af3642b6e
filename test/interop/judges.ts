import { run } from '../support/command.ts';
import type { Tools } from './install.ts';

/** Certificates as files, PEM: the one that is judged and what stands above it. */
export interface Subject {
  readonly certificate: string;
  /** The certificate that signed it: its issuer's, or itself for a root. */
  readonly signer: string;
  /** The chain below the root, leaf first, in one file; a root's holds the root. */
  readonly chain: string;
  readonly root: string;
  /** What it must be good for; none for CA certificates. */
  readonly purposes: readonly ('sslclient' | 'sslserver')[];
}

/** What a judge says against a certificate. */
export interface Finding {
  /** `overruled`: the judge errs, see {@link OVERRULED}. */
  readonly severity: 'notice' | 'warning' | 'error' | 'overruled';
  readonly text: string;
}

/** Gives its findings, best none. @throws Error where the judge itself did not run. */
export type Judge = (tools: Tools, subject: Subject) => Promise<readonly Finding[]>;

/** Every judge by its name in the report. */
export const JUDGES: Readonly<Record<string, Judge>> = {
  zlint,
  pkilint: pkilintCertificate,
  'pkilint chain': pkilintChain,
  openssl: opensslVerify,
  gnutls: gnutlsVerify,
};

/**
 * Findings that do not count, each with its reason; they stay in the report, and one that is found no more fails the run,
 * so that the list does not outlive its reasons.
 */
export const OVERRULED: readonly {
  readonly judge: 'zlint' | 'pkilint';
  readonly pattern: RegExp;
  readonly reason: string;
}[] = [
  {
    judge: 'pkilint',
    pattern:
      /^pkix\.invalid_uri_syntax Invalid URI syntax: "spiffe:\/\/[a-z\d._-]+\/[a-z-]+\/[a-z\d._-]+" at /,
    reason:
      'RFC 5280 section 4.2.1.6 asks for a scheme and a host; pkilint 0.13 takes a fixed list of schemes only, ' +
      'without "spiffe" (validators.url)',
  },
  {
    judge: 'zlint',
    pattern: /^e_ext_san_uri_host_not_fqdn_or_ip$/,
    reason:
      'RFC 5280 section 4.2.1.6 wants a fully qualified name as the host of a URI; the name of a trust domain need not ' +
      'be one (SPIFFE-ID section 2.1), and the default is the name of the authority (decision 0012)',
  },
];

function severityOf(
  judge: 'zlint' | 'pkilint',
  text: string,
  found: Finding['severity'],
): Finding['severity'] {
  const counts = !OVERRULED.some((entry) => entry.judge === judge && entry.pattern.test(text));
  return counts ? found : 'overruled';
}

/** Where the rules come from. The CA/Browser Forum's and the root programs' are for the public web. */
export const ZLINT_SOURCES = 'RFC3279,RFC5280,RFC5480,RFC5891,RFC6962,RFC8813,Community';
const ZLINT_SEVERITY: Readonly<Record<string, Finding['severity']>> = {
  info: 'notice',
  warn: 'warning',
  error: 'error',
  fatal: 'error',
};

function zlint(tools: Tools, { certificate }: Subject): Promise<readonly Finding[]> {
  return zlintFindings(tools, [`-includeSources=${ZLINT_SOURCES}`, certificate]);
}

/** What zlint finds with these arguments. Its exit code is 0 whatever it finds; its answer tells. */
export async function zlintFindings(tools: Tools, args: readonly string[]): Promise<readonly Finding[]> {
  const { stdout, stderr } = await run(tools.zlint, args);
  const results: Record<string, { result: string; details?: string }> = parse('zlint', stdout, stderr);
  const entries = Object.entries(results);
  if (!entries.some(([, { result }]) => result === 'pass')) throw new Error('zlint applied no rule at all');
  return entries.flatMap(([lint, { result, details }]) => {
    const severity = ZLINT_SEVERITY[result];
    const text = details ? `${lint}: ${details}` : lint;
    return severity === undefined ? [] : [{ severity: severityOf('zlint', text, severity), text }];
  });
}

function pkilintCertificate(tools: Tools, { certificate }: Subject): Promise<readonly Finding[]> {
  return pkilint(`${tools.pkilint}/lint_pkix_cert`, [certificate]);
}

/** Issuer and certificate together: names, key identifiers, signature, path length. */
function pkilintChain(tools: Tools, { signer, certificate }: Subject): Promise<readonly Finding[]> {
  return pkilint(`${tools.pkilint}/lint_pkix_signer_signee_cert_chain`, [signer, certificate]);
}

interface PkilintReport {
  readonly results: readonly {
    readonly node_path: string;
    readonly finding_descriptions: readonly { severity: string; code: string; message: string | null }[];
  }[];
}

/** What a program of pkilint finds. Its exit code is the number of findings; -1 or a traceback is no answer. */
export async function pkilint(program: string, files: readonly string[]): Promise<readonly Finding[]> {
  const { stdout, stderr } = await run(program, ['lint', '-s', 'NOTICE', '-f', 'JSON', ...files]);
  const report: PkilintReport = parse(program, stdout, stderr);
  return report.results.flatMap(({ node_path, finding_descriptions }) =>
    finding_descriptions.map(({ severity, code, message }) => {
      const text = [code, message, `at ${node_path}`].filter(Boolean).join(' ');
      return { severity: severityOf('pkilint', text, PKILINT_SEVERITY[severity] ?? 'error'), text };
    }),
  );
}

const PKILINT_SEVERITY: Readonly<Record<string, Finding['severity']>> = {
  NOTICE: 'notice',
  WARNING: 'warning',
};

async function opensslVerify(_tools: Tools, subject: Subject): Promise<readonly Finding[]> {
  const { certificate, chain, root, purposes } = subject;
  const files = ['-CAfile', root, '-untrusted', chain, certificate];
  const wanted = purposes.length > 0 ? purposes.map((purpose) => ['-purpose', purpose]) : [[]];
  const outcomes = await Promise.all(
    wanted.map((purpose) => run('openssl', ['verify', '-x509_strict', ...purpose, ...files])),
  );
  return outcomes.filter(({ code }) => code !== 0).map(({ stdout, stderr }) => error(stdout + stderr));
}

const KEY_PURPOSE = { sslclient: '1.3.6.1.5.5.7.3.2', sslserver: '1.3.6.1.5.5.7.3.1' } as const;

async function gnutlsVerify(tools: Tools, { chain, root, purposes }: Subject): Promise<readonly Finding[]> {
  const files = ['--verify', '--verify-profile=medium', `--load-ca-certificate=${root}`, `--infile=${chain}`];
  const wanted = purposes.length > 0 ? purposes.map((p) => [`--verify-purpose=${KEY_PURPOSE[p]}`]) : [[]];
  const outcomes = await Promise.all(wanted.map((purpose) => run(tools.certtool, [...files, ...purpose])));
  return outcomes
    .filter(({ code }) => code !== 0)
    .map(({ stdout, stderr }) =>
      error(/^Chain verification output: .*$/m.exec(stdout)?.[0] ?? stdout + stderr),
    );
}

function error(words: string): Finding {
  return { severity: 'error', text: words.trim().split('\n').slice(-3).join(' / ') };
}

function parse(program: string, stdout: string, stderr: string) {
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${program} gave no report: ${stderr.trim() || stdout.trim() || 'no output'}`);
  }
}
