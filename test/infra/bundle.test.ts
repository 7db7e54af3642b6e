import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as hostScripts from '#host-scripts';
import { metrics } from '../../docs/generate/metrics/document.ts';
import { bundleFunctions } from '../../infra/bundle.ts';
import { FUNCTION_NAMES, FUNCTIONS, type FunctionName } from '../../infra/functions.ts';
import { deploymentSchema } from '../../shared/elastic/deployment/deployment.ts';
import { wordsBelow } from '../../shared/elastic/deployment/fields/words.ts';

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-bundle-'));
const bundles = bundleFunctions(directory);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Meta {
  readonly bytes: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}

function meta(name: FunctionName): Meta {
  return JSON.parse(readFileSync(bundles.metafile(name), 'utf8'));
}

/** Names of the packages whose files are in the bundle. */
function packages(name: FunctionName): ReadonlySet<string> {
  const found = Object.keys(meta(name).inputs).map(
    (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1],
  );
  return new Set(found.filter((one) => one !== undefined));
}

/** Beside the fields of a deployment, in files that functions load. */
const FIELD_WORDS = Object.values(wordsBelow(deploymentSchema));

/** What only develops, tests or deploys; `@cloud-copilot/*` is AGPL besides. */
const { devDependencies, dependencies } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as Record<'devDependencies' | 'dependencies', Readonly<Record<string, string>>>;

test('every metric is in the bundles of the functions that docs/metrics.md names, and in no other', () => {
  const code = FUNCTION_NAMES.map((name) => ({
    name,
    text: readFileSync(join(bundles.directory(name), 'index.mjs'), 'utf8'),
  }));
  const emitted = metrics().map(({ name }) => [
    name,
    code
      .filter(({ text }) => text.includes(`"${name}"`))
      .map((one) => one.name)
      .sort(),
  ]);
  expect(Object.fromEntries(emitted)).toEqual(
    Object.fromEntries(metrics().map(({ name, emittedBy }) => [name, [...emittedBy].sort()])),
  );
});

test('every directory of functions has its row, and every row its directory', () => {
  const root = new URL('../../functions/', import.meta.url);
  const found = readdirSync(root).filter((name) => existsSync(new URL(`${name}/handler.ts`, root)));
  expect(found.sort()).toEqual([...FUNCTION_NAMES].sort());
});

describe.each(FUNCTION_NAMES.map((name) => ({ name })))('the bundle of $name', ({ name }) => {
  test(`is no larger than ${FUNCTIONS[name].budget} KB`, () => {
    expect(meta(name).bytes).toBeLessThanOrEqual(FUNCTIONS[name].budget * 1000);
  });

  test('is alone in what Lambda gets', () => {
    expect(readdirSync(bundles.directory(name))).toEqual(['index.mjs']);
  });

  test('keeps the licences of its packages beside the source map, out of what Lambda reads', () => {
    const code = readFileSync(join(bundles.directory(name), 'index.mjs'), 'utf8');
    expect(code.match(/Copyright|@license/)).toBeNull();
    if (packages(name).has('pkijs'))
      expect(readFileSync(join(dirname(bundles.metafile(name)), `${name}.mjs.LEGAL.txt`), 'utf8')).toContain(
        'GlobalSign',
      );
  });

  test('loads without what it leaves out: that is imported on demand only', () => {
    const leftOut = meta(name).imports.filter(({ path, external }) => external && !isBuiltin(path));
    expect(leftOut.filter(({ kind }) => kind !== 'dynamic-import')).toEqual([]);
  });

  test('holds nothing that only develops', () => {
    const development = Object.keys(devDependencies).filter((one) => !(one in dependencies));
    const forbidden = [...packages(name)].filter(
      (one) => development.includes(one) || one.startsWith('@cloud-copilot/') || one.startsWith('aws-cdk'),
    );
    // The AWS SDK itself signs its requests with this package; a test signs with it too.
    expect(forbidden.filter((one) => one !== '@smithy/signature-v4')).toEqual([]);
  });

  test(FUNCTIONS[name].asn1 ? 'may read ASN.1' : 'holds no ASN.1', () => {
    const asn1 = ['pkijs', 'asn1js', 'pvtsutils', 'bytestreamjs'].filter((one) => packages(name).has(one));
    if (!FUNCTIONS[name].asn1) expect(asn1).toEqual([]);
    else expect(asn1).toContain('asn1js');
  });

  test('holds the small zod alone', () => {
    expect(
      Object.keys(meta(name).inputs).filter((file) => /node_modules\/zod\/v4\/classic\//.test(file)),
    ).toEqual([]);
  });

  test('writes YAML, if at all, without the parser', () => {
    expect(
      Object.keys(meta(name).inputs).filter((file) =>
        /node_modules\/yaml\/.*\/(?:parser|composer)\.js$/.test(file),
      ),
    ).toEqual([]);
  });

  test('holds no words that are for documents', () => {
    if (name === 'get-openapi') return;
    const code = readFileSync(join(bundles.directory(name), 'index.mjs'), 'utf8');
    expect(FIELD_WORDS.filter(({ description }) => code.includes(description))).toEqual([]);
  });

  test('holds neither tests nor infrastructure', () => {
    expect(Object.keys(meta(name).inputs).filter((file) => /^(?:test|infra|cli)\//.test(file))).toEqual([]);
  });
});

test('no command of DynamoDB discovers endpoints, so that bundles need no cache for them', () => {
  const commands = new URL('../../node_modules/@aws-sdk/client-dynamodb/dist-es/commands/', import.meta.url);
  const sources = readdirSync(commands).map((file) => readFileSync(new URL(file, commands), 'utf8'));
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.filter((source) => /discovery/i.test(source))).toEqual([]);
  expect(FUNCTION_NAMES.filter((name) => packages(name).has('mnemonist'))).toEqual([]);
});

test('pkijs hashes only the passwords of PKCS#12 itself, so that bundles need no hashes for that', () => {
  const file = new URL('../../node_modules/pkijs/build/index.js', import.meta.url);
  const source = readFileSync(file, 'utf8');
  const [derives = ''] = /^async function makePKCS12B2Key\([\s\S]*?^}$/m.exec(source) ?? [];
  const uses = (text: string) => text.match(/[ (]sha(?:1|256|384|512)[;,(]/g) ?? [];
  expect(uses(derives)).toHaveLength(4);
  expect(uses(source.replace(derives, ''))).toEqual([' sha256,', ' sha384,']);
  expect(source.match(/makePKCS12B2Key\(parameters\./g)).toHaveLength(2);
  expect(FUNCTION_NAMES.filter((name) => packages(name).has('@noble/hashes'))).toEqual([]);
});

describe('the host scripts in bundles', () => {
  const { BOOTSTRAP_SH_SHA256, ...scripts } = hostScripts;
  const code = (name: FunctionName) => readFileSync(join(bundles.directory(name), 'index.mjs'), 'utf8');
  const served = ['bootstrapPs1', 'bootstrapSh', 'rotatePs1', 'rotateSh'];

  test('are the ones of the repository, byte for byte', async () => {
    const packed = await import(join(directory, 'meta', 'host-scripts.mjs'));
    expect(Object.keys(packed).sort()).toEqual(Object.keys(hostScripts).sort());
    expect(packed.BOOTSTRAP_SH_SHA256).toBe(BOOTSTRAP_SH_SHA256);
    for (const [name, script] of Object.entries(scripts)) expect(packed[name]()).toBe(script());
  });

  test.each(['render-kit', 'get-certificate-kit', 'enroll', 'renew-certificate'] as const)(
    'are those of kits, compressed in one, in that of %s',
    (name) => {
      const [base64 = ''] = /(?<=")[A-Za-z0-9+/]{10000,}={0,2}(?=")/.exec(code(name)) ?? [];
      const kits = Object.entries(scripts).filter(([script]) => !served.includes(script));
      expect(brotliDecompressSync(Buffer.from(base64, 'base64')).toString().split('\0')).toEqual(
        kits.map(([, text]) => text()),
      );
    },
  );

  test('are text in that of get-host-script, each part once, and in no other', () => {
    const part = 'another run has been at work in ';
    expect(scripts.bootstrapSh()).toContain(part);
    expect(scripts.rotateSh()).toContain(part);
    expect(FUNCTION_NAMES.filter((name) => code(name).includes(part))).toEqual(['get-host-script']);
    expect(code('get-host-script').split(part)).toHaveLength(2);
  });
});
