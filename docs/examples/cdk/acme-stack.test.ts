import assert from 'node:assert';
import test from 'node:test';
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { CertificateAuthority } from 'fleetseal';
import { AcmeStack } from './acme-stack';

const { ca } = new AcmeStack(new App(), 'Acme');
const authority = Template.fromStack(ca.authorityStack);
const service = Template.fromStack(ca.serviceStack);

test('the keys are retained, and no stack of them is deleted by mistake', () => {
  authority.allResources('AWS::KMS::Key', {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  });
  assert.equal(ca.authorityStack.terminationProtection, true);
});

test('alarms notify the topic', () => {
  service.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: Match.anyValue() });
});

test('the role may make tokens', () => {
  service.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'execute-api:Invoke' })]) },
    Roles: [Match.anyValue()],
  });
});

test('wrong settings are refused, all at once', () => {
  const wrong = { authority: 'Acme', logRetentionDays: 2 };
  assert.throws(
    () => new CertificateAuthority(new App(), 'Ca', wrong),
    /authority: .*\n.*logRetentionDays: /,
  );
});

test('the same construct under names of their own makes two authorities', () => {
  const app = new App();
  const names = ['one', 'two'].map(
    (name) => new CertificateAuthority(app, name, { authority: name }).serviceStack.stackName,
  );
  assert.deepEqual(names, ['fleetseal-one-service', 'fleetseal-two-service']);
});
