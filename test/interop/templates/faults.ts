import { App, CfnResource, Stack } from 'aws-cdk-lib';
import type { Linter } from './linters.ts';

/** The fault that each linter has to find. */
export const FAULTS: Readonly<Record<Linter, { readonly rule: string; readonly logicalId: string }>> = {
  'cfn-lint': { rule: 'E3030', logicalId: 'UnknownSpec' },
  checkov: { rule: 'CKV_AWS_27', logicalId: 'Unencrypted' },
  parliament: { rule: 'UNKNOWN_ACTION', logicalId: 'Mistyped' },
};

/** An assembly with a fault for each linter. @returns its directory. */
export function faultyAssembly(outdir: string): string {
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Faulty');
  const add = (logicalId: string, type: string, properties: object) =>
    new CfnResource(stack, logicalId, { type, properties: { ...properties } });
  const statement = { Effect: 'Allow', Action: 'kms:Sing', Resource: '*' };
  add('UnknownSpec', 'AWS::KMS::Key', { KeySpec: 'ECC_NIST_P265' });
  add('Unencrypted', 'AWS::SQS::Queue', {});
  add('Mistyped', 'AWS::IAM::ManagedPolicy', {
    PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
  });
  return app.synth().directory;
}
