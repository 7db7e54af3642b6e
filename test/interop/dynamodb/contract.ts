import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../support/command.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Contracts of other ports: they meet neither DynamoDB nor S3. */
const OTHER_PORTS = ['ca-signer.test.ts', 'kms-attempts.test.ts'];

/** A test of the store's contract that ran on an engine. */
export interface ContractTest {
  /** The words of its `describe` blocks and of its own, for example `reserve on the DynamoDB adapter a name is held`. */
  readonly name: string;
  /** `passed`; anything else is a failure, `pending` (skipped) and `todo` too. */
  readonly status: string;
  /** Why it failed: the first line of what jest says. */
  readonly reason?: string;
}

interface JestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly ancestorTitles: readonly string[];
      readonly status: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

/**
 * Runs the contract suite of the stores (test/contract) with jest, the same files and the same code as `npm test`.
 *
 * @param endpoint where the tables and buckets are. @default the embedded engines
 * @param suites names of the files, a pattern. @default all
 * @returns every test that met an engine; those of the fake did not.
 * @throws Error with jest's words where a file did not load or jest itself did not run.
 */
export async function runContract(endpoint?: string, suites = '*.test.ts'): Promise<readonly ContractTest[]> {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-contract-'));
  try {
    const file = join(directory, 'jest.json');
    const env = { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_ENDPOINT_URL_S3: endpoint };
    const { stdout, stderr } = await run(process.execPath, jestArguments(file, suites), { cwd: ROOT, env });
    return testsOf(readReport(file, stdout + stderr));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function jestArguments(report: string, suites: string): readonly string[] {
  const { jest } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  // The app has been synthesized, and other parts read it while this one runs.
  const config = {
    ...jest,
    rootDir: ROOT,
    globalSetup: undefined,
    globalTeardown: undefined,
    testMatch: [`<rootDir>/test/contract/${suites}`],
    testPathIgnorePatterns: OTHER_PORTS,
    // The second engine is slow, and other parts run beside it; no test of the contract is about time.
    testTimeout: 180_000,
  };
  return [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    ...[join(ROOT, 'node_modules/jest/bin/jest.js'), '--config', JSON.stringify(config)],
    ...['--json', `--outputFile=${report}`, '--runInBand'],
  ];
}

function readReport(file: string, words: string): JestReport {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`jest made no report: ${words.trim().split('\n').slice(-12).join('\n')}`, { cause });
  }
}

function testsOf({ testResults }: JestReport): readonly ContractTest[] {
  for (const { name, message, assertionResults } of testResults)
    if (assertionResults.length === 0) throw new Error(`${name} holds no test: ${message}`);
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ ancestorTitles }) => !ancestorTitles.some((title) => title.includes('the fake')))
    .map(({ fullName, status, failureMessages }) => {
      const reason = failureMessages?.[0]?.split('\n')[0];
      return { name: fullName, status, ...(reason === undefined ? {} : { reason }) };
    });
}
