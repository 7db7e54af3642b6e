import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { synthesize } from '../../infra/synthesize.ts';
import { enrollment, TestCloud } from '../support/cloud.ts';
import { mustRun } from '../support/command.ts';

const ROOT = join(import.meta.dirname, '../..');
const YEAR = 365 * 86_400;
const COMMAND = `node ${join(ROOT, 'cli/bin.mjs')}`;

/** The shell commands of a page, block by block; those that start the local cloud, or need AWS, are left out. */
function blocksOf(page: string): readonly string[] {
  return allBlocksOf(page).filter((block) => !/npm start|^aws |=\$\(aws |cdk deploy/m.test(block));
}

/** The commands that come before the local cloud is started. */
function preparationOf(page: string): readonly string[] {
  const blocks = allBlocksOf(page);
  return blocks.slice(
    0,
    blocks.findIndex((block) => block.includes('npm start')),
  );
}

function allBlocksOf(page: string): readonly string[] {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
  return [...text.matchAll(/^( *)```sh\n([\s\S]*?)^\1```$/gm)].map(([, indent = '', block = '']) =>
    block.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

/** A local cloud, with the directory in which the commands of a page are run one after the other. */
class Walk {
  readonly cloud: TestCloud;
  readonly #directory: string;

  private constructor(cloud: TestCloud, directory: string) {
    this.cloud = cloud;
    this.#directory = directory;
  }

  static async begin(
    assembly?: string,
    directory = mkdtempSync(join(tmpdir(), 'fleetseal-page-')),
  ): Promise<Walk> {
    const data = join(directory, '.fleetseal');
    mkdirSync(data);
    const cloud = await TestCloud.start({ data, streams: true, ...(assembly ? { assembly } : {}) });
    return new Walk(cloud, directory);
  }

  /** Variables go on from block to block. @returns what was printed. */
  run(block: string): Promise<string> {
    const script = `touch variables; . ./variables\n${block.replaceAll('npx fleetseal', COMMAND)}\nset | grep -E '^(api|ca|host|trust|serial|old)=' > variables || true`;
    const env = { PORT: new URL(this.cloud.local.url).port };
    return mustRun('bash', ['-euo', 'pipefail', '-c', script], { cwd: this.#directory, env });
  }

  async end(): Promise<void> {
    await this.cloud.stop();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Runs a page's commands. @param between - what the world does before the block that contains the text. */
async function runPage(
  page: string,
  {
    settings,
    between = {},
    last,
  }: {
    readonly settings?: object;
    readonly between?: Readonly<Record<string, (walk: Walk) => unknown>>;
    /** In the place of the last block. @default - it is run */
    readonly last?: (walk: Walk) => unknown;
  } = {},
): Promise<string> {
  const assembly = settings && synthesize(mkdtempSync(join(tmpdir(), 'fleetseal-page-out-')), settings);
  const walk = await Walk.begin(assembly);
  try {
    const printed: string[] = [];
    for (const block of last ? blocksOf(page).slice(0, -1) : blocksOf(page)) {
      for (const [text, act] of Object.entries(between)) if (block.includes(text)) await act(walk);
      printed.push(await walk.run(block));
    }
    await last?.(walk);
    return printed.join('\n');
  } finally {
    await walk.end();
  }
}

test('the commands of docs/renewal.md renew a certificate', async () => {
  const printed = await runPage('renewal.md');
  expect(printed).toMatch(/subject=CN ?= ?edge-01/);
  expect(printed).toMatch(/^204$/m);
  expect(printed).toMatch(/^Renew from +\S+ \(/m);
});

test('the commands of docs/recovery.md run, and end with another issuer', async () => {
  const printed = await runPage('recovery.md', { between: { 'certificates revoke': enrollEdge } });
  expect(printed).toMatch(/^issuer-1 +COMPROMISED /m);
});

test('the commands of docs/rollover.md take the fleet to another root', async () => {
  const printed = await runPage('rollover.md', {
    settings: {
      issuers: ['issuer-1', 'issuer-2', 'issuer-3'].map((id) => ({ id })),
      successorRoots: [{ id: 'root-2', keySpec: 'ECC_NIST_P384' }],
    },
    between: {
      'roots list': async (walk) => {
        // Enrollments of the first minute may have read the bundle before the root joined it.
        walk.cloud.pass(90);
        await enrollEdge(walk);
        await walk.cloud.local.invoke('measure-adoption', {});
      },
    },
    last: async ({ cloud }) => {
      cloud.pass(6 * YEAR);
      await cloud.local.invoke('maintain-authority', {});
      // As the last command does, which signs with the time of this machine.
      const retired = await cloud.admin('POST', '/v1/roots/root-1/retire');
      expect(retired.json).toMatchObject({ id: 'root-1', state: 'RETIRED' });
    },
  });
  expect(printed).toMatch(/^Adoption +1 of 1, counted /m);
  expect(printed).toMatch(/^Issuer +issuer-3\nState +ACTIVE$/m);
});

test('the commands of docs/deploy.md work on a new deployment, from the first look to a revocation', async () => {
  const walk = await Walk.begin();
  try {
    // Of cdk and aws, another test compares the names; init asks questions on a terminal.
    const blocks = allBlocksOf('deploy.md').filter((block) => /^npx fleetseal (?!init)/m.test(block));
    const printed: string[] = [];
    for (const block of blocks.filter((block) => !block.includes('npm ci'))) {
      if (block.includes('certificates list')) await enrollWithFirstToken(walk);
      printed.push(await walk.run(`. .fleetseal/admin.env\n${block}`));
    }
    const all = printed.join('\n');
    expect(all).toMatch(/^issuer-1 +ACTIVE /m);
    expect(all.match(/web-01/g)?.length).toBeGreaterThan(1);
    const [revoked] = await walk.cloud.certificates({ state: 'REVOKED' });
    expect(revoked).toMatchObject({ name: 'web-01' });
  } finally {
    await walk.end();
  }
});

test('the commands of docs/external-root.md certify an issuer, whose certificates lead to the root of the page', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'fleetseal-page-'));
  for (const block of preparationOf('external-root.md'))
    await mustRun('bash', ['-euo', 'pipefail', '-c', block], { cwd: directory });
  const settings = JSON.parse(readFileSync(join(directory, 'fleetseal.json'), 'utf8'));
  const out = mkdtempSync(join(tmpdir(), 'fleetseal-page-out-'));
  const walk = await Walk.begin(synthesize(out, settings), directory);
  try {
    const printed: string[] = [];
    for (const block of blocksOf('external-root.md').slice(preparationOf('external-root.md').length))
      printed.push(await walk.run(block));
    expect(printed.join('\n')).toMatch(/^issuer-1 +ACTIVE /m);
    const token = await walk.cloud.token({ names: { commonName: 'edge-01' } });
    const answer = await walk.cloud.enroll(token, enrollment({ name: 'edge-01' }));
    expect(answer).toMatchObject({
      status: 201,
      json: { caBundle: readFileSync(join(directory, 'root.crt'), 'utf8') },
    });
  } finally {
    await walk.end();
  }
});

/** The host that the reader of docs/deploy.md sets up. */
async function enrollWithFirstToken(walk: Walk): Promise<void> {
  const token = (await walk.run('cat first.token')).trim();
  const { status } = await walk.cloud.enroll(token, enrollment({ name: 'web-01' }));
  expect(status).toBe(201);
}

/** A host of which the page speaks. */
async function enrollEdge({ cloud }: Walk): Promise<void> {
  const token = await cloud.token({ names: { commonName: 'edge-01' } });
  await cloud.enroll(token, enrollment({ name: 'edge-01' }));
}
