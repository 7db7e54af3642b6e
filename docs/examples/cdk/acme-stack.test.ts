import assert from 'node:assert';
import test from 'node:test';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
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

test('with two Regions, alarms notify the topic in the primary one, and in the other what its settings name', () => {
  const app = new App();
  const env = { region: 'eu-central-1' };
  const standbyTopic = 'arn:aws:sns:eu-west-1:111122223333:alarms';
  const api = (region: string) => ({
    domainName: 'certs.example.com',
    certificateArn: `arn:aws:acm:${region}:111122223333:certificate/11112222-3333-4444-5555-666677778888`,
  });
  const { certificateArn } = api('us-east-1');
  new CertificateAuthority(app, 'Default', {
    authority: 'acme',
    env,
    alarmTopic: new Topic(new Stack(app, 'Own', { env }), 'Alarms'),
    regions: {
      primary: env.region,
      standby: 'eu-west-1',
      inStandby: { alarmTopicArn: standbyTopic, api: api('eu-west-1') },
    },
    revocation: { domainName: 'pki.example.com', certificateArn },
    api: api(env.region),
  });
  const notified = ['FleetsealService', 'FleetsealStandbyService'].map((id) => {
    const alarms = Template.fromJSON(app.synth().getStackArtifact(id).template).findResources(
      'AWS::CloudWatch::Alarm',
    );
    const actions = Object.values(alarms).map(({ Properties }) => JSON.stringify(Properties.AlarmActions));
    return [...new Set(actions)];
  });
  assert.equal(notified[0]?.length, 1);
  assert.match(notified[0]?.[0] ?? '', /ImportValue.*Own:/);
  assert.deepEqual(notified[1], [JSON.stringify([standbyTopic])]);
});
