import { certificateChecks } from './certificate-checks.ts';
import { completionChecks } from './completion/run.ts';
import { dynamodbChecks } from './dynamodb/run.ts';
import { eckChecks } from './eck/run.ts';
import { exampleChecks } from './examples/run.ts';
import { kafkaChecks } from './kafka/run.ts';
import { lambdaChecks } from './lambda/run.ts';
import { motoChecks } from './moto/run.ts';
import { openapiChecks } from './openapi/run.ts';
import { podChecks } from './pods/run.ts';
import { proxyChecks } from './proxies/run.ts';
import type { Check } from './report.ts';
import { lintChecks } from './revocation/lint.ts';
import { revocationChecks } from './revocation/run.ts';
import { templateChecks } from './templates/run.ts';
import { textChecks } from './text/run.ts';
import { tlsChecks } from './tls/run.ts';
import { verifierChecks } from './verifiers/run.ts';

/** Answers its checks in groups, a table each; the app has been synthesized. */
type Part = (say: (line: string) => void) => Promise<readonly (readonly Check[])[]>;

/** What each part is about is said where it is. */
export const PARTS = {
  certificates: async (say) => [await certificateChecks(say)],
  verifiers: async (say) => [await verifierChecks(say)],
  tls: tlsChecks,
  kafka: async (say) => [await kafkaChecks(say)],
  proxies: async (say) => [await proxyChecks(say)],
  revocation: async (say) => [await lintChecks(say), await revocationChecks(say)],
  eck: async (say) => [await eckChecks(say)],
  text: async (say) => [await textChecks(say)],
  dynamodb: async (say) => [await dynamodbChecks(say)],
  moto: async (say) => [await motoChecks(say)],
  completion: async (say) => [await completionChecks(say)],
  openapi: async (say) => [await openapiChecks(say)],
  pods: async () => [await podChecks()],
  lambda: async (say) => [await lambdaChecks(say)],
  templates: async (say) => [await templateChecks(say)],
  examples: async (say) => [await exampleChecks(say)],
} as const satisfies Readonly<Record<string, Part>>;

export type PartName = keyof typeof PARTS;

export function isPart(name: string | undefined): name is PartName {
  return name !== undefined && Object.hasOwn(PARTS, name);
}
