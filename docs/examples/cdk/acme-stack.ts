import { Stack, type StackProps } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { CertificateAuthority } from 'fleetseal';

/** What a team has beside the authority: a topic for alarms, and a role that makes tokens. */
export class AcmeStack extends Stack {
  readonly ca: CertificateAuthority;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const alarmTopic = new Topic(this, 'Alarms');
    this.ca = new CertificateAuthority(this, 'Ca', { authority: 'acme', logRetentionDays: 30, alarmTopic });
    // In that stack, because the stacks of the authority depend on this one.
    const assumedBy = new ServicePrincipal('ec2.amazonaws.com');
    this.ca.grantCalls(new Role(this.ca.serviceStack, 'Provisioner', { assumedBy }), 'TokenIssuer');
  }
}
