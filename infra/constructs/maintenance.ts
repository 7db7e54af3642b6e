import { CustomResource, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Environment } from '../../shared/config/environment.ts';
import {
  ISSUANCE_SECONDS,
  OLDEST_ROOT_LIST_SECONDS,
  RESPONDER_SECONDS,
  ROOT_KEYS_IN_WRONG_STATE,
  TRUST_STORE_NOT_TAKEN,
} from '../../shared/config/metrics.ts';
import { TRUST_STORE_PATH } from '../../shared/domain/trust-store.ts';
import type { Placement } from '../settings/regions.ts';
import type { Settings } from '../settings/settings.ts';
import type { DeclaredAuthority } from './authority-keys.ts';
import { MeasuredAlarm } from './measured-alarm.ts';
import type { RevocationBucket } from './revocation-bucket.ts';
import { ScheduledFunction } from './scheduled-function.ts';
import type { ServiceFunction } from './service-function.ts';

export interface MaintenanceProps {
  readonly settings: Settings;
  readonly maintainer: ServiceFunction;
  readonly environment: Environment;
  /** Where the trust store of the domain for mutual TLS is published. */
  readonly objects: RevocationBucket;
  /** The CAs that the settings declare, with their keys. */
  readonly declared: Pick<DeclaredAuthority, 'roots' | 'issuers'>;
  /** @default - one Region */
  readonly placement?: Placement | undefined;
}

const RUNBOOK = 'The authority is not maintained';

/** A new issuer's certificate and responder, and the revocation of a compromised one, wait no longer than this. */
const MINUTES = 5;

/** The next issuer is certified by itself; a new slot needs an operator, and a deployment. */
const ISSUANCE_DAYS_LEFT = 180;

/** Responders' certificates are renewed with 10 days left of 30. */
const RESPONDER_DAYS_LEFT = 5;

/**
 * Rolls over the issuers, and keeps what only the root and the issuers can sign: the certificates of OCSP responders and the root's revocation lists;
 * and publishes the certificates of the CAs. Every 5 minutes, and at deployment, when it also records the declared CA keys.
 */
export class Maintenance extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { settings, maintainer, environment, objects, placement, declared: { roots, issuers } }: MaintenanceProps,
  ) {
    super(scope, id);
    const { authority, alarmTopicArn, revocation } = settings;
    const { MUTUAL_TLS_DOMAIN_ARN: domainArn } = environment;
    if (domainArn !== '') maintainer.policy.addStatements(...trustStoreStatements(objects, domainArn));
    const data = new CustomResource(this, 'Data', {
      serviceToken: maintainer.fn.functionArn,
      serviceTimeout: Duration.minutes(5),
      resourceType: 'Custom::AuthorityData',
      properties: {
        authority,
        // A restored table lacks what was declared since.
        tableName: environment.TABLE_NAME,
        roots,
        issuers,
        nameConstraints: settings.nameConstraints,
        revocationUrl: environment.REVOCATION_URL,
        crlShards: revocation.crlShards,
        responderKeyArn: environment.RESPONDER_KEY_ARN,
        rootListLifetimeSeconds: environment.ROOT_LIST_LIFETIME_SECONDS,
        additionalRoots: settings.additionalRoots,
        // Where it changes, what the other Region did until then is done here.
        activeRegion: placement?.active,
        mutualTlsDomainArn: domainArn === '' ? undefined : domainArn,
      },
    });
    data.node.addDependency(maintainer);
    const measured = {
      authority,
      period: Duration.minutes(MINUTES),
      runbook: RUNBOOK,
      alarmTopicArn,
    };
    const later = [
      new ScheduledFunction(this, 'Schedule', {
        fn: maintainer.fn,
        minutes: MINUTES,
        runbook: RUNBOOK,
        alarmTopicArn,
      }),
      new MeasuredAlarm(this, 'Age', {
        ...measured,
        metric: OLDEST_ROOT_LIST_SECONDS,
        when: { highestOrMissing: Duration.days(revocation.rootListLifetimeDays).toSeconds() / 2 },
      }),
      new MeasuredAlarm(this, 'ResponderLife', {
        ...measured,
        metric: RESPONDER_SECONDS,
        when: { lowest: Duration.days(RESPONDER_DAYS_LEFT).toSeconds() },
      }),
      new MeasuredAlarm(this, 'RootKeys', {
        ...measured,
        runbook: "A root's key is in the wrong state",
        metric: ROOT_KEYS_IN_WRONG_STATE,
        when: { highest: 1 },
      }),
      ...(domainArn === ''
        ? []
        : [
            new MeasuredAlarm(this, 'TrustStore', {
              ...measured,
              // The domain may be made after the first run, and a change is seen to be taken by the run after it.
              periods: 3,
              runbook: 'The trust store is not taken',
              metric: TRUST_STORE_NOT_TAKEN,
              when: { highest: 1 },
            }),
          ]),
      new MeasuredAlarm(this, 'Issuance', {
        ...measured,
        runbook: 'Issuer slots run out',
        metric: ISSUANCE_SECONDS,
        when: { lowest: Duration.days(ISSUANCE_DAYS_LEFT).toSeconds() },
      }),
    ];
    for (const construct of later) construct.node.addDependency(data);
  }
}

/**
 * API Gateway reads the trust store as the caller (API reference, MutualTlsAuthentication), by its version. PATCH is of every
 * property of the domain: see the threat model.
 *
 * What concerns mutual TLS is authorized a second time, by actions that are not calls of the API: "an additional authorization
 * control for managing the DomainName resource due to the sensitive nature of mTLS". Their resources are DomainName and
 * DomainNames, `/domainnames/<name>` and `/domainnames` (service authorization reference, "Actions, resources, and condition
 * keys for Amazon API Gateway Management": AddCertificateToDomain, RemoveCertificateFromDomain).
 */
function trustStoreStatements({ bucket }: RevocationBucket, domainArn: string): readonly PolicyStatement[] {
  const domainsArn = domainArn.slice(0, domainArn.lastIndexOf('/'));
  return [
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:GetObjectVersion', 's3:PutObject'],
      resources: [bucket.arnForObjects(TRUST_STORE_PATH.slice(1))],
    }),
    new PolicyStatement({ actions: ['apigateway:GET', 'apigateway:PATCH'], resources: [domainArn] }),
    new PolicyStatement({
      actions: ['apigateway:AddCertificateToDomain', 'apigateway:RemoveCertificateFromDomain'],
      resources: [domainArn, domainsArn],
    }),
  ];
}
