import { Duration } from 'aws-cdk-lib';
import { EventBus as Bus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

export interface EventBusProps {
  readonly authority: string;
  /** Days that an archive keeps what was published. @default - no archive */
  readonly eventArchiveDays?: number | undefined;
}

/**
 * The bus that events are published on, `fleetseal-<authority>`: operators put rules of their own on it. Its name and the
 * stack of the keys keep it while the service is deleted and deployed again.
 */
export class EventBus extends Construct {
  readonly busName: string;
  readonly bus: Bus;

  constructor(scope: Construct, id: string, { authority, eventArchiveDays }: EventBusProps) {
    super(scope, id);
    this.bus = new Bus(this, 'Bus', {
      eventBusName: `fleetseal-${authority}`,
      description: 'fleetseal: what happens to certificates, issuers and roots',
    });
    this.busName = this.bus.eventBusName;
    if (eventArchiveDays !== undefined)
      this.bus.archive('Archive', {
        archiveName: `fleetseal-${authority}`,
        eventPattern: { source: ['fleetseal'] },
        retention: Duration.days(eventArchiveDays),
      });
  }

  /** The permission to publish. */
  statement(): PolicyStatement {
    return new PolicyStatement({ actions: ['events:PutEvents'], resources: [this.bus.eventBusArn] });
  }
}
