import { join } from 'node:path';
import { cloudFormationService } from './cloudformation/cloudformation.ts';
import type { LocalStacks } from './cloudformation/stacks.ts';
import { cloudTrailService } from './cloudtrail/cloudtrail.ts';
import {
  type DynamoEngine,
  type Engine,
  type EngineOptions,
  startDynamoEngine,
  startEventsEngine,
  startKmsEngine,
  startS3Engine,
  startSecretsEngine,
} from './engines.ts';
import { eventRules } from './event-rules.ts';
import { domainNamesService } from './gateway/domain-names.ts';
import { type Access, createAccess } from './iam/access.ts';
import { type LogEvent, logsService } from './logs/cloudwatch-logs.ts';
import type { AwsService, ServiceName } from './service/aws-service.ts';
import type { Call } from './service/calls.ts';
import { type Boundary, startGate } from './service/gate.ts';
import type { Journal } from './service/journal.ts';
import type { LocalQueue } from './sqs/queues.ts';
import type { Template } from './template/template.ts';

/** What must be stopped, last first. */
export type Closers = (() => Promise<void> | void)[];

/** URLs of the services. */
export type Endpoints = Readonly<Record<ServiceName, string>>;

/** The running services; `cleanUp` as of an engine, for all of them. */
interface Services extends Pick<Engine, 'cleanUp'>, Pick<DynamoEngine, 'read' | 'expire'> {
  readonly access: Access;
  readonly endpoints: Endpoints;
  /** S3 without its gate. */
  readonly s3: AwsService;
}

/** What sees the calls of all services, and what two of them give back of what was seen. */
interface Watch extends Pick<Boundary, 'clock' | 'record' | 'intercept'> {
  /** The calls of KMS. */
  readonly trail: Pick<Journal<Call>, 'all'>;
  /** What functions wrote. */
  readonly logEvents: Pick<Journal<LogEvent>, 'all'>;
  /** Where rules put events. */
  readonly queues: ReadonlyMap<string, LocalQueue>;
}

/** Starts the services, each behind its gate. */
export async function startServices(
  template: Template,
  stacks: LocalStacks,
  engines: EngineOptions,
  { trail, logEvents, queues, ...watch }: Watch,
  closers: Closers,
): Promise<Services> {
  const started: Engine[] = [];
  const start = async <Started extends Engine>(starting: Started | Promise<Started>) => {
    const engine = await starting;
    closers.push(engine.stop);
    started.push(engine);
    return engine;
  };
  const dynamodb = await start(startDynamoEngine(template, engines));
  const kms = await start(startKmsEngine(template, engines));
  const s3 = await start(startS3Engine(template, { ...engines, clock: watch.clock }));
  const secrets = await start(startSecretsEngine(engines));
  // Not before: keys elsewhere have names of their own, which policies refer to.
  const access = createAccess(template, engines.log);
  const events = await start(
    startEventsEngine(template, engines, eventRules(template, queues, access, engines.log)),
  );
  const open = async ({ service }: Pick<Engine, 'service'>) => {
    const gate = await startGate(service, { ...access.identities, ...watch });
    closers.push(gate.close);
    return gate.url;
  };
  return {
    access,
    s3: s3.service,
    read: dynamodb.read,
    expire: dynamodb.expire,
    endpoints: {
      kms: await open(kms),
      dynamodb: await open(dynamodb),
      s3: await open(s3),
      secretsmanager: await open(secrets),
      events: await open(events),
      cloudtrail: await open({ service: cloudTrailService(trail) }),
      logs: await open({ service: logsService(logEvents.all, template.place) }),
      cloudformation: await open({ service: cloudFormationService(stacks) }),
      apigateway: await open({
        service: domainNamesService(template, join(engines.data, 'trust-stores.json')),
      }),
    },
    async cleanUp() {
      for (const engine of started) await engine.cleanUp();
    },
  };
}

/** Names the services for SDK clients (AWS SDKs and tools reference guide, "Service-specific endpoints"). */
export function endpointVariables(endpoints: Endpoints): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL_KMS: endpoints.kms,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsmanager,
    AWS_ENDPOINT_URL_EVENTBRIDGE: endpoints.events,
    AWS_ENDPOINT_URL_CLOUDTRAIL: endpoints.cloudtrail,
    AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoints.logs,
    AWS_ENDPOINT_URL_CLOUDFORMATION: endpoints.cloudformation,
    AWS_ENDPOINT_URL_API_GATEWAY: endpoints.apigateway,
  };
}
