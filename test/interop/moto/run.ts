import { createHash, randomBytes, verify } from 'node:crypto';
import { join } from 'node:path';
import { CreateKeyCommand, GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { ASSEMBLY } from '../../support/assembly.ts';
import { runContract } from '../dynamodb/contract.ts';
import type { Check } from '../report.ts';
import { LOST_PROPERTIES, MISSING_TYPES } from './known.ts';
import { PROPERTIES } from './properties.ts';
import { type Moto, startMoto } from './server.ts';
import { type ClientConfig, createStack, type MadeStack, putAssets } from './stacks.ts';
import { readTemplate, type Template, without } from './template.ts';

/** As the templates name each other's exports. */
const STACKS = [
  { name: 'fleetseal-fleet-authority', file: 'FleetsealAuthority.template.json' },
  { name: 'fleetseal-fleet-service', file: 'FleetsealService.template.json' },
];

/**
 * moto creates the stacks from the synthesized templates. What it cannot do is in known.ts, by name; an entry that is no
 * longer true fails.
 */
export async function motoChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const moto = await startMoto(say);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const config = { endpoint: moto.url, region: 'eu-central-1', credentials };
  try {
    await putAssets(config, ASSEMBLY);
    const stacks: Check[] = [];
    for (const { name, file } of STACKS) stacks.push(...(await stackChecks(moto, config, name, file)));
    return [...stacks, await digestCheck(moto, config), ...(await objectChecks(moto))];
  } finally {
    await moto.stop();
  }
}

/** The contract of what publishes objects, on moto's S3. */
async function objectChecks({ name, url }: Moto): Promise<readonly Check[]> {
  const tests = await runContract(url, 'object-store.test.ts');
  return [
    check('the suites of S3 ran', name, tests.length > 0, 'no test met this S3'),
    ...tests.map((one) => check(one.name, name, one.status === 'passed', one.reason ?? one.status)),
  ];
}

async function stackChecks(
  { name: judge }: Moto,
  config: ClientConfig,
  name: string,
  file: string,
): Promise<readonly Check[]> {
  const whole = readTemplate(join(ASSEMBLY, file));
  const template = without(MISSING_TYPES, whole);
  const { status, resources } = await createStack(config, name, template);
  const absent = Object.keys(template.Resources).filter((id) => !resources.has(id));
  const made: MadeStack = { status, resources };
  return [
    check(`${name} is created, custom resources answered`, judge, status === 'CREATE_COMPLETE', status),
    check(
      `${name} has every resource but those of missing types`,
      judge,
      absent.length === 0,
      absent.join(', '),
    ),
    ...(await missingTypes(judge, config, name, whole)),
    ...(await keptProperties(judge, config, template, made)),
  ];
}

/** A type that is missing makes no resource, in a stack of its own with nothing else. */
async function missingTypes(
  judge: string,
  config: ClientConfig,
  name: string,
  { Resources }: Template,
): Promise<readonly Check[]> {
  const types = new Set(Object.values(Resources).map(({ Type }) => Type));
  const checks: Check[] = [];
  for (const type of [...types].filter((one) => MISSING_TYPES.has(one))) {
    const others = new Set([...types].filter((one) => one !== type));
    const alone = { Resources: without(others, { Resources }).Resources };
    const stack = `${name}-${type.replaceAll('::', '-')}`;
    const made = await createStack(config, stack, alone).catch(() => undefined);
    checks.push(
      check(
        `${type} is missing still, in ${name}`,
        judge,
        (made?.resources.size ?? 0) === 0,
        'moto creates it by now',
      ),
    );
  }
  return checks;
}

/** Each property of the table in properties.ts is kept, or is known to be lost. */
async function keptProperties(
  judge: string,
  config: ClientConfig,
  { Resources }: Template,
  { resources }: MadeStack,
): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const [id, { Type, Properties = {} }] of Object.entries(Resources))
    for (const [property, kept] of Object.entries(PROPERTIES[Type] ?? {})) {
      const expected = Properties[property];
      if (expected === undefined) continue;
      const isKept = await kept(config, resources.get(id) ?? '', expected).catch(() => false);
      const isKnown = LOST_PROPERTIES.has(`${Type} ${property}`);
      const words = isKept ? 'moto keeps it by now' : 'moto loses it';
      checks.push(
        check(`${id} ${isKnown ? 'has lost' : 'keeps'} ${property}`, judge, isKept !== isKnown, words),
      );
    }
  return checks;
}

/**
 * moto hashes a digest that it is to sign: a signature by its KMS is of something else, so nothing of ours is signed there.
 * When this fails, the contract of KMS can run on moto as well.
 */
async function digestCheck({ name }: Moto, config: ClientConfig): Promise<Check> {
  const client = new KMSClient(config);
  const { KeyMetadata } = await client.send(
    new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
  );
  const KeyId = KeyMetadata?.KeyId ?? '';
  const { PublicKey = new Uint8Array() } = await client.send(new GetPublicKeyCommand({ KeyId }));
  const Message = createHash('sha256').update(randomBytes(8)).digest();
  const { Signature = new Uint8Array() } = await client.send(
    new SignCommand({ KeyId, Message, MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' }),
  );
  client.destroy();
  const key = { key: Buffer.from(PublicKey), format: 'der', type: 'spki' } as const;
  const hashesAgain = verify('sha256', Message, key, Signature);
  return check('KMS hashes a DIGEST again still', name, hashesAgain, 'moto signs a digest as it is by now');
}

function check(subject: string, judge: string, passed: boolean, words: string): Check {
  return { subject, judge, passed, findings: passed ? [] : [{ severity: 'error', text: words }] };
}
