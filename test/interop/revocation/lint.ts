import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPem } from '../../../shared/pki/pem.ts';
import { OpensslCa } from '../../support/openssl-ca.ts';
import { installTools, type Tools } from '../install.ts';
import { type Finding, JUDGES, pkilint, ZLINT_SOURCES, zlintFindings } from '../judges.ts';
import { type Check, passes } from '../report.ts';
import { type Artefact, artefacts, badResponse } from './artefacts.ts';

/** Programs that run at a time. */
const AT_ONCE = 3;

/** Every artefact before zlint and pkilint; nothing above a notice passes. And that both find faults with bad ones. */
export async function lintChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const tools = await installTools(say);
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-artefacts-'));
  try {
    const all: Artefact[] = [];
    for await (const artefact of artefacts()) all.push(artefact);
    say(`${all.length} lists, OCSP responses and responders before zlint and pkilint`);
    const bad = await canaries(directory);
    const todo = [
      ...bad.map((artefact) => () => lint(tools, directory, artefact, (found) => !passes(found))),
      ...all.map((artefact) => () => lint(tools, directory, artefact, passes)),
    ];
    return (await inTurn(todo)).flat();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs the tasks, some at a time. Results in their order. */
async function inTurn<Result>(tasks: readonly (() => Promise<Result>)[]): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < tasks.length; index = next++) {
      const result = await tasks[index]?.();
      if (result !== undefined) results[index] = result;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** A list without an authority key identifier, and an answer of the future. A linter that finds nothing here did not look. */
async function canaries(directory: string): Promise<readonly Artefact[]> {
  const ca = new OpensslCa(join(directory, 'bad-ca'), 'Bad CA');
  return [
    { name: 'a bad list is found out', kind: 'list', der: ca.bareList() },
    { name: 'a bad OCSP response is found out', kind: 'OCSP response', der: await badResponse() },
  ];
}

let written = 0;

async function lint(
  tools: Tools,
  directory: string,
  artefact: Artefact,
  verdict: typeof passes,
): Promise<readonly Check[]> {
  const file = join(directory, String(written++));
  const found = await Promise.all(
    Object.entries(linters(tools, file, artefact)).map(async ([judge, findings]) => ({
      judge,
      findings: await findings(),
    })),
  );
  return found.map(({ judge, findings }) => ({
    subject: artefact.name,
    judge,
    findings,
    passed: verdict(findings),
  }));
}

type Linter = () => Promise<readonly Finding[]>;

/** By name; of responders, which are certificates, those of the part `certificates`. */
function linters(
  tools: Tools,
  file: string,
  { kind, der, above = [] }: Artefact,
): Readonly<Record<'zlint' | 'pkilint', Linter>> {
  if (kind === 'responder') {
    const pem = (path: string, certificates: readonly Uint8Array[]) => {
      writeFileSync(path, certificates.map((each) => toPem('CERTIFICATE', each)).join(''));
      return path;
    };
    const subject = {
      certificate: pem(file, [der]),
      signer: pem(`${file}.signer`, above.slice(0, 1)),
      chain: pem(`${file}.chain`, [der, ...above.slice(0, -1)]),
      root: pem(`${file}.root`, above.slice(-1)),
      purposes: [],
    };
    const judges =
      (...names: readonly string[]) =>
      async () =>
        (await Promise.all(names.map((name) => JUDGES[name]?.(tools, subject) ?? []))).flat();
    return { zlint: judges('zlint'), pkilint: judges('pkilint', 'pkilint chain') };
  }
  if (kind === 'OCSP response') {
    writeFileSync(file, der);
    return {
      zlint: () => zlintFindings(tools, ['-format=der', file]),
      pkilint: () => pkilint(`${tools.pkilint}/lint_ocsp_response`, [file]),
    };
  }
  writeFileSync(file, toPem('X509 CRL', der));
  const type = kind === 'list' ? 'CRL' : 'ARL';
  return {
    zlint: () => zlintFindings(tools, [`-includeSources=${ZLINT_SOURCES}`, file]),
    pkilint: () => pkilint(`${tools.pkilint}/lint_crl`, ['-t', type, '-p', 'PKIX', file]),
  };
}
