import { forbiddenArrow, type Layer, layerOf, resolveImport, type Subpaths } from './layers.ts';
import type { ImportFact, ModuleFacts } from './module-facts.ts';

/** Packages that only some layers may import; `test` may import everything. */
const PACKAGES: readonly { readonly pattern: RegExp; readonly layers: readonly Layer[] }[] = [
  // An administrator's credentials sign the calls of the API; the command line calls nothing else of AWS.
  { pattern: /^@aws-sdk\/credential-provider-node$/, layers: ['cli'] },
  { pattern: /^@aws-sdk\//, layers: ['kms', 'store', 'publish', 'kibana', 'stacks'] },
  { pattern: /^@smithy\//, layers: ['kms', 'store', 'publish', 'infra/local', 'cli'] },
  { pattern: /^(pkijs|asn1js|pvutils|bytestreamjs)$/, layers: ['pki', 'infra/local'] },
  { pattern: /^jose(\/|$)/, layers: ['pki'] },
  { pattern: /^@middy\//, layers: ['http', 'functions'] },
  { pattern: /^@aws-lambda-powertools\//, layers: ['observability'] },
  { pattern: /^(aws-cdk-lib|constructs|cdk-nag)(\/|$)/, layers: ['infra', 'infra/local'] },
  // AGPL: a tool for development, never part of what is deployed.
  { pattern: /^@cloud-copilot\//, layers: ['infra/local'] },
  // Importing `z` by name brings all of zod into the bundle: 457 KB instead of 14.
  { pattern: /^zod$/, layers: [] },
];

/** Layers whose code is no part of a bundle and may use packages that are not installed in production. */
const TOOLING: readonly Layer[] = ['docs', 'infra', 'infra/local', 'test'];

/** Bytes in, bytes out: no files, no network, no processes. */
const PURE: readonly Layer[] = [
  'domain',
  'errors',
  'http/problem',
  'pki',
  'schema',
  'elastic',
  'issuance',
  'revocation',
  'rotation',
  'delivery',
  'ports',
];
const PURE_MODULES = ['node:buffer', 'node:crypto', 'node:net', 'node:util'];

/** node:crypto functions that make or use keys. */
const KEY_FUNCTIONS =
  /^(sign|verify|createSign|createVerify|createPrivateKey|privateEncrypt|generateKeyPair(Sync)?)$/;
const KEY_LAYERS: readonly Layer[] = ['pki', 'kms', 'infra/local', 'cli'];
const RANDOM_FUNCTIONS = /^(randomBytes|randomUUID|randomInt|randomFill(Sync)?|getRandomValues|webcrypto)$/;

const AMBIENT = ['Date.now', 'new Date()', 'Math.random'];
const ENVIRONMENT_LAYERS: readonly Layer[] = ['config', 'infra/local', 'cli'];
const MOCKS = ['jest.mock', 'jest.doMock', 'jest.unstable_mockModule'];

/** What the rules read of package.json. */
export interface Manifest {
  readonly dependencies: Readonly<Record<string, unknown>>;
  readonly imports: Subpaths;
}

/** An import, with the file of the repository that it names; undefined for packages. */
type Resolved = ImportFact & { readonly target: string | undefined };

/** Every broken rule of the tree, as `file:line: reason`. */
export function violations(
  modules: readonly ModuleFacts[],
  { dependencies, imports: subpaths }: Manifest,
): readonly string[] {
  return modules.flatMap((module) => [
    ...folderNames(module),
    ...module.imports
      .map((item) => ({ ...item, target: resolveImport(module.path, item.specifier, subpaths) }))
      .flatMap((item) =>
        [
          arrow(module, item),
          barrel(module, item),
          ...packages(module, item, Object.keys(dependencies)),
          crypto(module, item),
          sealing(module, item),
        ]
          .filter((reason) => reason !== undefined)
          .map((reason) => `${module.path}:${item.line}: imports ${item.specifier}: ${reason}`),
      ),
    ...uses(module),
  ]);
}

function folderNames({ path }: ModuleFacts): readonly string[] {
  const vague = path.split('/').find((part) => /^(utils?|helpers?|common)(\.|$)/.test(part));
  return vague === undefined ? [] : [`${path}:1: "${vague}" does not say what it holds`];
}

function arrow(module: ModuleFacts, { target }: Resolved): string | undefined {
  return target === undefined ? undefined : forbiddenArrow(module.path, target);
}

function barrel(module: ModuleFacts, { target, reExport }: Resolved): string | undefined {
  if (!reExport) return undefined;
  const own = target !== undefined && layerOf(target) === layerOf(module.path);
  return own ? undefined : 'no file re-exports what belongs to another layer or package';
}

function packages(
  module: ModuleFacts,
  { specifier, target, typeOnly }: Resolved,
  dependencies: readonly string[],
): readonly (string | undefined)[] {
  const layer = layerOf(module.path);
  if (target !== undefined || layer === 'test') return [];
  if (specifier.startsWith('node:')) {
    const impure = PURE.includes(layer) && !PURE_MODULES.includes(specifier);
    return [impure ? `${layer} reads no files and no network` : undefined];
  }
  const limit = PACKAGES.find(({ pattern }) => pattern.test(specifier));
  const wide = layer.startsWith('functions/') ? 'functions' : layer;
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  return [
    limit !== undefined && !limit.layers.includes(wide)
      ? `only ${['test', ...limit.layers].join(', ')} may; not ${layer}`
      : undefined,
    !dependencies.includes(name) && !TOOLING.includes(layer) && !typeOnly
      ? 'a package that is no dependency in production'
      : undefined,
  ];
}

function crypto(module: ModuleFacts, { specifier, names }: ImportFact): string | undefined {
  const layer = layerOf(module.path);
  if (layer === 'test') return undefined;
  if (specifier === 'node:process') return 'process is global; its env is for config alone';
  if (specifier !== 'node:crypto') return undefined;
  const key = names.find((name) => KEY_FUNCTIONS.test(name));
  if (key !== undefined && !KEY_LAYERS.includes(layer))
    return `${key}: keys are for ${KEY_LAYERS.join(', ')}`;
  const random = names.find((name) => RANDOM_FUNCTIONS.test(name));
  return random !== undefined && PURE.includes(layer) ? `${random}: randomness is an argument` : undefined;
}

/**
 * Who may import the functions that make what only they can make, by the file that has them: what is signed has been
 * linted, and what is rendered breaks no rule.
 */
const SEALED: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  'shared/pki/prepared.ts': {
    prepare: [
      'shared/pki/prepare-certificate.ts',
      'shared/pki/prepare-issuer-request.ts',
      'shared/pki/crl/prepare-list.ts',
      'shared/pki/ocsp/prepare-response.ts',
    ],
    redeem: ['shared/pki/sign-prepared.ts'],
  },
  'shared/elastic/deployment/resolved-deployment.ts': {
    resolveDeployment: ['shared/elastic/check-deployment.ts'],
  },
};

function sealing(
  module: ModuleFacts,
  { specifier, target = specifier, names, typeOnly }: Resolved,
): string | undefined {
  const sealed = SEALED[target];
  if (sealed === undefined || typeOnly) return undefined;
  if (names.length === 0) return 'import its functions by name';
  const wrong = names.find((name) => sealed[name]?.includes(module.path) === false);
  return wrong === undefined ? undefined : `${wrong}: only ${sealed[wrong]?.join(', ')} may`;
}

function uses(module: ModuleFacts): readonly string[] {
  const layer = layerOf(module.path);
  return module.uses.flatMap(({ what, line }) => {
    const reason = forbiddenUse(module.path, layer, what);
    return reason === undefined ? [] : [`${module.path}:${line}: ${what}: ${reason}`];
  });
}

function forbiddenUse(path: string, layer: Layer, what: string): string | undefined {
  if (MOCKS.includes(what)) return 'use a fake that keeps state, and the contract suite of its port';
  if (layer === 'test') return undefined;
  if (what === 'process.env' && path !== 'infra/app.ts' && !ENVIRONMENT_LAYERS.includes(layer))
    return 'the environment is read in shared/config and composition roots only';
  if (AMBIENT.includes(what) && PURE.includes(layer) && path !== 'shared/domain/instant.ts')
    return 'the clock and randomness are arguments';
  return undefined;
}
