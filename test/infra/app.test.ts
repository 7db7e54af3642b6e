import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import RECOMMENDED from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import CDK from '../../cdk.json' with { type: 'json' };
import { withApp } from './synthesized.ts';

type Outputs = Readonly<Record<string, { Value: unknown; Description?: string; Export?: unknown }>>;

describe('the app', () => {
  test('has every feature flag as this version of CDK recommends it', () => {
    expect(CDK.context).toEqual(RECOMMENDED);
  });

  test('protects the stack of the keys from being deleted by mistake, and only that one', () => {
    const protectedStacks = withApp({}, (app) =>
      app.synth().stacks.map(({ stackName, terminationProtection }) => [stackName, terminationProtection]),
    );
    expect(protectedStacks).toEqual([
      ['fleetseal-fleet-authority', true],
      ['fleetseal-fleet-service', false],
    ]);
  });

  test('has each output once, named for what it is, and for people only with a description', () => {
    const outputs = withApp({}, (app) =>
      app.synth().stacks.flatMap(({ template }) => Object.entries(template.Outputs as Outputs)),
    );
    const forPeople = outputs.filter(([, { Export }]) => Export === undefined);
    expect(forPeople.map(([name]) => name).sort()).toEqual([
      'AlarmTopicArn',
      'AuditorPolicy',
      'CaAdminPolicy',
      'EventBusName',
      'RevocationUrl',
      'RevokerPolicy',
      'ServerTokensPolicy',
      'TokenIssuerPolicy',
      'Url',
    ]);
    expect(forPeople.filter(([, { Description }]) => Description === undefined)).toEqual([]);
    const values = forPeople.map(([, { Value }]) => JSON.stringify(Value));
    expect(values.filter((value, index) => values.indexOf(value) < index)).toEqual([]);
  });

  test('leaves room in each stack below the 500 resources that CloudFormation takes', () => {
    const counts = withApp({}, (app) =>
      app.synth().stacks.map(({ templateFullPath }) => {
        const { Resources } = JSON.parse(readFileSync(templateFullPath, 'utf8'));
        return Object.keys(Resources).length;
      }),
    );
    expect(Math.max(...counts)).toBeLessThanOrEqual(420);
  });
});
