import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type ModuleFacts, moduleFacts } from '../support/architecture/module-facts.ts';
import { violations } from '../support/architecture/rules.ts';

const ROOT = new URL('../../', import.meta.url);
const { dependencies, imports } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8'));

describe('the tree', () => {
  test('keeps to the arrows between its folders', () => {
    const modules = readTree();
    expect(modules.length).toBeGreaterThan(50);
    expect(violations(modules, { dependencies, imports })).toEqual([]);
  });

  test('says of every room for kits what it holds, in 8 to 20 lines at the head of one of its files', () => {
    const CONTRACT = /^(?:import [^;]*;\n)*\n?\/\*\n(?: \*(?: .*)?\n){8,20} \*\/\n/;
    const files = globSync('shared/elastic/*/*.ts', { cwd: ROOT.pathname });
    const saying = files.filter((path) => CONTRACT.test(readFileSync(new URL(path, ROOT), 'utf8')));
    const rooms = (paths: readonly string[]) => [...new Set(paths.map((path) => path.split('/')[2]))].sort();
    expect(rooms(saying)).toEqual(rooms(files));
  });

  test('has no exception from the lint rule against `any`', () => {
    const exempt = globSync('{cli,docs,functions,infra,shared,test}/**/*.ts', { cwd: ROOT.pathname }).filter(
      (path) =>
        /biome-ignore(-\w+)? lint(\/suspicious(\/noExplicitAny)?)?:/.test(
          readFileSync(new URL(path, ROOT), 'utf8'),
        ),
    );
    expect(exempt).toEqual([]);
  });
});

describe('the check of the tree', () => {
  test.each([
    {
      name: 'domain that knows an error',
      path: 'shared/domain/x.ts',
      source: "import type { AppError } from '../errors/app-error.ts';",
      says: 'shared/domain/x.ts:1: imports ../errors/app-error.ts: domain may import nothing; not errors',
    },
    {
      name: 'pki that knows a use case',
      path: 'shared/pki/lint/x.ts',
      source: "\nimport { enroll } from '../../issuance/enroll.ts';",
      says: 'shared/pki/lint/x.ts:2: imports ../../issuance/enroll.ts: pki may import domain, errors, pki/trust-anchor; not issuance',
    },
    {
      name: 'an adapter that knows more of a use case than its ports',
      path: 'shared/store/x.ts',
      source: "import { sweep } from '../issuance/sweep-reservations.ts';",
      says: 'store may import domain, errors, ports, config; not issuance',
    },
    {
      name: 'a use case that knows an adapter, by a dynamic import',
      path: 'shared/issuance/x.ts',
      source: "const kms = await import('../kms/signer.ts');",
      says: 'issuance may import domain, errors, pki, pki/trust-anchor, pki/external-root, ports; not kms',
    },
    {
      name: 'a use case that knows an adapter, by an import type',
      path: 'shared/issuance/x.ts',
      source: "type A = import('../store/ledger.ts').Ledger;",
      says: 'not store',
    },
    {
      name: 'a function that imports another',
      path: 'functions/enroll/handler.ts',
      source: "import { render } from '../create-token/response.ts';",
      says: 'a function never imports another function',
    },
    {
      name: 'a function that imports infra',
      path: 'functions/enroll/handler.ts',
      source: "import { settings } from '../../infra/settings/settings.ts';",
      says: 'functions import shared only',
    },
    {
      name: 'infra with a business rule',
      path: 'infra/constructs/x.ts',
      source: "import { enroll } from '../../shared/issuance/enroll.ts';",
      says: 'infra may import config, domain, errors, hosts, http/problem, infra/settings, cdk.json; not issuance',
    },
    {
      name: 'a local cloud that knows the product from inside',
      path: 'infra/local/x.ts',
      source: "import { parseCsr } from '../../shared/pki/csr.ts';",
      says: 'infra/local may import config, domain, errors, http/problem, infra; not pki',
    },
    {
      name: 'a room of the local cloud that imports against the arrows',
      path: 'infra/local/iam/x.ts',
      source: "import { startGateway } from '../gateway/gateway.ts';",
      says: 'infra/local/iam may import service, template; not gateway',
    },
    {
      name: 'a room of the local cloud that imports a file beside the rooms',
      path: 'infra/local/kms/x.ts',
      source: "import { startLocalCloud } from '../local-cloud.ts';",
      says: 'infra/local/kms may import service, template; not the files beside the rooms',
    },
    {
      name: 'what is asked of a kit that knows what is answered',
      path: 'shared/elastic/deployment/x.ts',
      source: "import type { Kit } from '../kit/kit.ts';",
      says: 'elastic/deployment may import no other room; not kit',
    },
    {
      name: 'a section that imports against the arrows',
      path: 'shared/elastic/outputs/x.ts',
      source: "import { outputServersSection } from '../output-servers/section.ts';",
      says: 'elastic/outputs may import deployment, kit, files, syntax, kibana; not output-servers',
    },
    {
      name: 'a section that imports the list of sections',
      path: 'shared/elastic/agent/x.ts',
      source: "import type { sectionsFor } from '../sections.ts';",
      says: 'not the files beside the rooms',
    },
    {
      name: 'a room for kits that nobody entered',
      path: 'shared/elastic/misc/x.ts',
      source: "import { yaml } from '../syntax/yaml.ts';",
      says: 'elastic/misc is not a room that the tree knows',
    },
    {
      name: 'a generator of documents that knows how a function works',
      path: 'docs/generate/openapi/x.ts',
      source: "import { enrollHandler } from '../../../functions/enroll/handler.ts';",
      says: 'docs reads shared, requests and responses of functions, infra/functions.ts, infra/settings/settings.ts and the commands of cli',
    },
    {
      name: 'a product that needs a generator of documents',
      path: 'shared/elastic/x.ts',
      source: "import { EXAMPLES } from '../../docs/generate/kits/examples.ts';",
      says: 'elastic may import domain, errors, hosts, schema; not docs',
    },
    {
      name: 'infra that needs the local cloud',
      path: 'infra/app.ts',
      source: "import './local/main.ts';",
      says: 'infra may import config, domain, errors, hosts, http/problem, infra/settings, cdk.json; not infra/local',
    },
    {
      name: 'infra that knows more of HTTP than the problems',
      path: 'infra/constructs/x.ts',
      source: "import { edge } from '../../shared/http/api.ts';",
      says: 'not http',
    },
    {
      name: 'the table of problems that knows the rest of HTTP',
      path: 'shared/http/problem.ts',
      source: "import { edge } from './api.ts';",
      says: 'http/problem may import domain, errors; not http',
    },
    {
      name: 'a file by its name in package.json',
      path: 'shared/domain/x.ts',
      source: "import { kitSh } from '#host-scripts';",
      says: 'imports #host-scripts: domain may import nothing; not hosts',
    },
    {
      name: 'a name that package.json does not have',
      path: 'shared/domain/x.ts',
      source: "import { x } from '#other';",
      says: 'imports #other: a package that is no dependency in production',
    },
    {
      name: 'product code that imports a test',
      path: 'shared/kms/x.ts',
      source: "import { fake } from '../../test/fakes/signer.ts';",
      says: 'nothing imports test',
    },
    {
      name: 'a folder that nobody entered',
      path: 'shared/misc/x.ts',
      source: "import { a } from '../domain/instant.ts';",
      says: 'misc is no folder that the tree knows',
    },
    {
      name: 'the AWS SDK outside the adapters',
      path: 'functions/enroll/handler.ts',
      source: "import { KMSClient } from '@aws-sdk/client-kms';",
      says: 'only test, kms, store, publish, kibana, stacks may; not functions/enroll',
    },
    {
      name: 'the AWS SDK in the command line',
      path: 'cli/x.ts',
      source: "import { KMSClient } from '@aws-sdk/client-kms';",
      says: 'only test, kms, store, publish, kibana, stacks may; not cli',
    },
    {
      name: "administrators' credentials outside the command line",
      path: 'shared/kms/x.ts',
      source: "import { defaultProvider } from '@aws-sdk/credential-provider-node';",
      says: 'only test, cli may; not kms',
    },
    {
      name: 'a command line that knows the service from inside',
      path: 'cli/x.ts',
      source: "import { tokenView } from '../shared/http/contract/token.ts';",
      says: 'cli may import domain, errors, package.json, infra/settings; not http',
    },
    {
      name: 'pkijs outside pki',
      path: 'shared/issuance/x.ts',
      source: "import type { Certificate } from 'pkijs';",
      says: 'only test, pki, infra/local may; not issuance',
    },
    {
      name: 'the AGPL simulator in the product',
      path: 'shared/store/x.ts',
      source: "import { runSimulation } from '@cloud-copilot/iam-simulate';",
      says: 'only test, infra/local may; not store',
    },
    {
      name: 'a development dependency in the product',
      path: 'shared/pki/x.ts',
      source: "import { p256 } from '@noble/curves/nist.js';",
      says: 'a package that is no dependency in production',
    },
    {
      name: 'the whole of zod',
      path: 'shared/config/x.ts',
      source: "import { z } from 'zod';",
      says: 'imports zod: only test may; not config',
    },
    {
      name: 'a pure layer that reads a file',
      path: 'shared/elastic/x.ts',
      source: "import { readFileSync } from 'node:fs';",
      says: 'elastic reads no files and no network',
    },
    {
      name: 'keys outside pki and kms',
      path: 'shared/issuance/x.ts',
      source: "import { createHash, createSign } from 'node:crypto';",
      says: 'createSign: keys are for pki, kms, infra/local, cli',
    },
    {
      name: 'a signature of what nobody linted',
      path: 'shared/pki/x.ts',
      source: "import { prepare } from './prepared.ts';",
      says: 'prepare: only shared/pki/prepare-certificate.ts, shared/pki/prepare-issuer-request.ts, shared/pki/crl/prepare-list.ts, shared/pki/ocsp/prepare-response.ts may',
    },
    {
      name: 'a signature of what nobody linted, by another name',
      path: 'shared/issuance/x.ts',
      source: "import { redeem as open } from '../pki/prepared.ts';",
      says: 'redeem: only shared/pki/sign-prepared.ts may',
    },
    {
      name: 'a signature of what nobody linted, through a namespace',
      path: 'shared/pki/x.ts',
      source: "import * as prepared from './prepared.ts';",
      says: 'import its functions by name',
    },
    {
      name: 'a kit of a deployment that nobody checked',
      path: 'shared/delivery/x.ts',
      source: "import { resolveDeployment } from '../elastic/deployment/resolved-deployment.ts';",
      says: 'resolveDeployment: only shared/elastic/check-deployment.ts may',
    },
    {
      name: 'randomness that is no argument',
      path: 'shared/issuance/x.ts',
      source: "import { randomBytes } from 'node:crypto';",
      says: 'randomBytes: randomness is an argument',
    },
    {
      name: 'the environment read by a function',
      path: 'functions/enroll/handler.ts',
      source: "const table =\n  process.env['TABLE_NAME'];",
      says: 'functions/enroll/handler.ts:2: process.env: the environment is read in shared/config',
    },
    {
      name: 'the environment through the back door',
      path: 'shared/http/x.ts',
      source: "import { env } from 'node:process';",
      says: 'its env is for config alone',
    },
    {
      name: 'the environment by index',
      path: 'shared/http/x.ts',
      source: "const { TABLE_NAME } = process['env'];",
      says: 'process.env',
    },
    {
      name: 'a clock of its own',
      path: 'shared/issuance/x.ts',
      source: 'const t = new Date();',
      says: 'new Date()',
    },
    { name: 'a clock of its own, in ms', path: 'shared/pki/x.ts', source: 'f(Date.now())', says: 'Date.now' },
    { name: 'jest.mock', path: 'test/unit/x.test.ts', source: "jest.mock('node:fs');", says: 'use a fake' },
    {
      name: 'a vague folder',
      path: 'shared/utils/x.ts',
      source: '',
      says: '"utils" does not say what it holds',
    },
    { name: 'a vague file', path: 'shared/pki/helpers.ts', source: '', says: '"helpers.ts" does not say' },
    {
      name: 'a barrel over layers',
      path: 'shared/store/index.ts',
      source: "export * from '../issuance/ports.ts';",
      says: 'no file re-exports what belongs to another layer or package',
    },
    {
      name: 'a type of pkijs that leaves pki',
      path: 'shared/pki/x.ts',
      source: "export type { Certificate } from 'pkijs';",
      says: 'no file re-exports what belongs to another layer or package',
    },
  ])('finds $name', ({ path, source, says }) => {
    const installed = {
      zod: '',
      pkijs: '',
      '@aws-sdk/client-kms': '',
      '@aws-sdk/credential-provider-node': '',
      '@cloud-copilot/iam-simulate': '',
    };
    const found = violations([moduleFacts(path, source)], { dependencies: installed, imports });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(says);
  });

  test.each([
    { path: 'shared/issuance/x.ts', source: "import { prepareLeaf } from '../pki/leaf.ts';" },
    { path: 'shared/issuance/x.ts', source: "import type { Prepared } from '../pki/prepared.ts';" },
    { path: 'shared/store/x.ts', source: "import type { IssuanceStore } from '../issuance/ports.ts';" },
    { path: 'shared/kms/x.ts', source: "import { KMSClient } from '@aws-sdk/client-kms';" },
    {
      path: 'functions/enroll/handler.ts',
      source: "import { enroll } from '../../shared/issuance/enroll.ts';",
    },
    { path: 'functions/enroll/handler.ts', source: "import type { Context } from 'aws-lambda';" },
    { path: 'shared/elastic/x.ts', source: "import { kitSh } from '#host-scripts';" },
    { path: 'infra/app.ts', source: 'const env = process.env;' },
    { path: 'infra/x.ts', source: "import { PROBLEMS } from '../shared/http/problem.ts';" },
    { path: 'infra/local/x.ts', source: "import { CA_KEY_SPECS } from '../../shared/domain/authority.ts';" },
    { path: 'shared/http/x.ts', source: "import { PROBLEMS } from './problem.ts';" },
    { path: 'shared/pki/x.ts', source: 'const d = new Date(0); // process.env, Date.now()' },
    { path: 'shared/pki/x.ts', source: 'const text = "import x from \'node:fs\'";' },
    { path: 'shared/pki/x.ts', source: "export { a } from './csr/a.ts';" },
    { path: 'test/unit/x.test.ts', source: "import { KMSClient } from '@aws-sdk/client-kms';" },
  ])('lets $path say $source', ({ path, source }) => {
    const installed = { '@aws-sdk/client-kms': '' };
    expect(violations([moduleFacts(path, source)], { dependencies: installed, imports })).toEqual([]);
  });

  test('names a file that does not parse', () => {
    expect(() => moduleFacts('shared/pki/x.ts', 'import {')).toThrow('Unexpected token');
  });
});

/** All but the examples, which are of other projects. */
function readTree(): readonly ModuleFacts[] {
  const exclude = ['docs/examples/**'];
  const paths = globSync('{cli,docs,infra,functions,shared,test}/**/*.ts', { cwd: ROOT, exclude });
  return paths.sort().map((path) => moduleFacts(path, readFileSync(new URL(path, ROOT), 'utf8')));
}
