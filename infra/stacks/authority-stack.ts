import { CfnOutput, type CustomResource, Stack, type StackProps } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Environment } from '../../shared/config/environment.ts';
import type { Bundles } from '../bundle.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { ApiDomains } from '../constructs/api-domains.ts';
import { ApiEndpoint } from '../constructs/api-endpoint.ts';
import { ApiRoles } from '../constructs/api-roles.ts';
import { ArchiveBucket } from '../constructs/archive-bucket.ts';
import { authorityKeys, type DeclaredAuthority, type KeyRegions } from '../constructs/authority-keys.ts';
import { Dashboard } from '../constructs/dashboard.ts';
import { DeploymentGuard } from '../constructs/deployment-guard.ts';
import { deploymentStep } from '../constructs/deployment-step.ts';
import { EventBus } from '../constructs/event-bus.ts';
import { LedgerMerge } from '../constructs/ledger-merge.ts';
import { LedgerTable } from '../constructs/ledger-table.ts';
import { keptLogs } from '../constructs/log-group.ts';
import { Maintenance } from '../constructs/maintenance.ts';
import { OcspApi } from '../constructs/ocsp-api.ts';
import { Publication } from '../constructs/publication.ts';
import { QuotaAlarms } from '../constructs/quota-alarms.ts';
import { Reconciliation } from '../constructs/reconciliation.ts';
import { RevocationBucket } from '../constructs/revocation-bucket.ts';
import { RevocationDistribution } from '../constructs/revocation-distribution.ts';
import { ServiceFunction, signingRole } from '../constructs/service-function.ts';
import { readsStateOf } from '../constructs/stack-state.ts';
import type { FunctionName } from '../functions.ts';
import { pascal } from '../logical-id.ts';
import { ROOT_ID } from '../settings/declaration.ts';
import type { Placement } from '../settings/regions.ts';
import type { Settings } from '../settings/settings.ts';

export interface AuthorityStackProps extends StackProps {
  readonly settings: Settings;
  readonly bundles: Bundles;
  /** @default - one Region */
  readonly placement?: Placement | undefined;
}

/** The functions of the service stack that sign. */
type ServiceSigner = 'enroll' | 'renew-certificate' | 'certify-issuer' | 'certify-root';

/** A role that signs, the name of the function that may use it, and where that function logs its signatures. */
export interface Signer {
  readonly role: Role;
  readonly functionName: string;
  readonly logGroup: LogGroup;
}

const HOUR_SECONDS = 3600;

/**
 * What must never be lost or stop: the keys, the roles that sign with them, the ledger, the creation of the authority,
 * revocation lists and OCSP, which verifiers need while any certificate lives, and what others have and refer to: the
 * hostname of the API and the policies of operators. The roles are here because a key policy is
 * bound to a role's identity: a new role of the same name could not sign.
 */
export class AuthorityStack extends Stack {
  readonly table: LedgerTable;
  readonly bus: EventBus;
  /** Certificates that have left the table. */
  readonly archive: ArchiveBucket;
  /** The signing functions of the other stack: each role, with the name of the one function that may sign with it. */
  readonly signers: Readonly<Record<ServiceSigner, Signer>>;
  readonly variables: Environment;
  /** Checks the settings before anything is changed. */
  readonly guard: DeploymentGuard;
  /** The API that the other stack fills. */
  readonly endpoint: ApiEndpoint;
  /** Where alarms of other stacks go. */
  readonly alarmTopicArn: string;
  /** What operators may call. */
  readonly roles: ApiRoles;

  constructor(scope: Construct, id: string, props: AuthorityStackProps) {
    super(scope, id, props);
    const { topicArn, arnElsewhere } = new AlarmTopic(this, 'Alarms', props.settings);
    this.alarmTopicArn = arnElsewhere;
    const settings = { ...props.settings, alarmTopicArn: topicArn };
    const { placement } = props;
    this.table = new LedgerTable(this, 'Ledger', { ...settings, placement });
    this.guard = new DeploymentGuard(this, 'DeploymentGuard', {
      ...props,
      authority: settings.authority,
      table: this.table,
      environment: { TABLE_NAME: this.table.tableName },
      logRetentionDays: settings.logRetentionDays,
    });
    if (placement?.here === 'standby') this.table.useStream((stack) => this.guard.streamArnIn(stack));
    this.bus = new EventBus(this, 'Events', settings);
    this.endpoint = new ApiEndpoint(this, 'Api', settings);
    this.roles = new ApiRoles(this, 'ApiRoles', { endpoint: this.endpoint, authority: settings.authority });
    const objects = new RevocationBucket(this, 'RevocationBucket');
    const domains = new ApiDomains(this, 'ApiDomains', settings.api, objects.bucket.bucketName);
    this.archive = new ArchiveBucket(this, 'ArchiveBucket');
    const data = new RevocationDistribution(this, 'RevocationData', {
      ...settings,
      placement,
      bucket: objects.bucket,
    });
    const functionName = (name: FunctionName) => `fleetseal-${settings.authority}-${name}`;
    const role = (name: FunctionName) => signingRole(this, `${pascal(name)}Role`, name, functionName(name));
    const signer = (name: FunctionName): Signer => ({
      role: role(name),
      functionName: functionName(name),
      logGroup: keptLogs(this, `${pascal(name)}Logs`, { retentionDays: settings.logRetentionDays }),
    });
    const signers = {
      enroll: signer('enroll'),
      'renew-certificate': signer('renew-certificate'),
      'certify-issuer': signer('certify-issuer'),
      'certify-root': signer('certify-root'),
      'create-authority': signer('create-authority'),
      'maintain-authority': signer('maintain-authority'),
      'publish-crls': signer('publish-crls'),
      'answer-ocsp': signer('answer-ocsp'),
    };
    this.signers = signers;
    const signing = {
      enroll: signers.enroll.role,
      'renew-certificate': signers['renew-certificate'].role,
      'certify-issuer': signers['certify-issuer'].role,
      'certify-root': signers['certify-root'].role,
      'create-authority': signers['create-authority'].role,
      'maintain-authority': signers['maintain-authority'].role,
      'publish-crls': signers['publish-crls'].role,
      'answer-ocsp': signers['answer-ocsp'].role,
    };
    const declared = authorityKeys(this, settings, signing, keyRegions(placement, this.guard));
    this.variables = {
      ...variables(settings),
      TABLE_NAME: this.table.tableName,
      FORMER_TABLE_NAME: this.table.former?.tableName ?? '',
      REVOCATION_URL: data.url,
      BUCKET_NAME: objects.bucket.bucketName,
      ARCHIVE_BUCKET_NAME: this.archive.bucket.bucketName,
      EVENT_BUS_NAME: this.bus.busName,
      RESPONDER_KEY_ARN: declared.responderKeyArn,
      MUTUAL_TLS_DOMAIN_ARN: this.publishingDomainArn(settings.api),
      SIGNING_LOG_GROUPS: Object.values(signers)
        .map(({ functionName: signs, logGroup }) => `${signs}=${logGroup.logGroupName}`)
        .join(','),
    };
    const fn = (name: Exclude<keyof typeof signers, ServiceSigner> | 'reconcile-signatures') =>
      new ServiceFunction(this, pascal(name), {
        ...props,
        authority: settings.authority,
        name,
        ...(name === 'reconcile-signatures' ? {} : signers[name]),
        table: this.table,
        bus: this.bus,
        objects,
        environment: this.variables,
        logRetentionDays: settings.logRetentionDays,
      });
    if (settings.restoredLedger !== undefined)
      new LedgerMerge(this, 'LedgerMerge', {
        ...props,
        authority: settings.authority,
        functionName: functionName('merge-ledger'),
        table: this.table,
        objects,
        environment: this.variables,
        logRetentionDays: settings.logRetentionDays,
      });
    const authority = this.createAuthority(fn('create-authority'), props, settings, declared);
    const maintenance = this.publish(props, settings, { data, objects }, declared, fn);
    maintenance.node.addDependency(authority);
    domains.readTrustStoreOf(maintenance);
    new Reconciliation(this, 'Reconciliation', {
      authority: settings.authority,
      reconciler: fn('reconcile-signatures'),
      logGroups: Object.values(signers).map(({ logGroup }) => logGroup),
      alarmTopicArn: topicArn,
    });
    new Dashboard(this, 'Dashboard', { ...settings, placement });
    new QuotaAlarms(this, 'Quotas', { settings, table: this.table, alarmTopicArn: topicArn });
    new CfnOutput(this, 'EventBusName', {
      value: this.bus.busName,
      description: 'Event bus of EventBridge that events are published on.',
    });
    new CfnOutput(this, 'RevocationUrl', {
      value: data.url,
      description: 'Base URL of revocation lists, OCSP and CA certificates.',
    });
    this.guard.protects(this.node.children.filter((child) => child !== this.table));
  }

  /** Of the domain whose trust store the service publishes; empty without one. */
  private publishingDomainArn({ mutualTls }: Settings['api']): string {
    if (mutualTls === undefined || mutualTls.trustStoreUri !== undefined) return '';
    const { domainName: resourceName } = mutualTls;
    return this.formatArn({ service: 'apigateway', account: '', resource: '/domainnames', resourceName });
  }

  /** What keeps the revocation data up to date. @returns the first part, which needs the authority. */
  private publish(
    { placement }: AuthorityStackProps,
    settings: Settings,
    { data, objects }: { readonly data: RevocationDistribution; readonly objects: RevocationBucket },
    declared: DeclaredAuthority,
    fn: (name: 'maintain-authority' | 'publish-crls' | 'answer-ocsp') => ServiceFunction,
  ): Maintenance {
    const { variables: environment, table } = this;
    const maintainer = fn('maintain-authority');
    const maintenance = new Maintenance(this, 'Maintenance', {
      settings,
      maintainer,
      objects,
      environment,
      declared,
      placement,
    });
    const publisher = fn('publish-crls');
    const publication = new Publication(this, 'Publication', {
      ...{ settings, publisher, environment, table },
      placement,
    });
    // The bundle of all lists contains the root's.
    publication.node.addDependency(maintenance);
    const { api } = new OcspApi(this, 'Ocsp', {
      ...settings,
      responder: fn('answer-ocsp').fn,
      setLogsRole: settings.apiGatewayLogsRole === 'create',
    });
    data.serveOcsp(api);
    return maintenance;
  }

  /** The custom resource that creates the authority once; on deletion its function does nothing. */
  private createAuthority(
    creator: ServiceFunction,
    { placement }: AuthorityStackProps,
    settings: Settings,
    { root, externalRoots, issuers, responderKeyArn }: DeclaredAuthority,
  ): CustomResource {
    // A rollback does not move the work.
    if (placement !== undefined) readsStateOf(this, creator);
    return deploymentStep(this, 'Authority', creator, {
      resourceType: 'Custom::Authority',
      properties: {
        authority: settings.authority,
        trustDomain: settings.trustDomain,
        root,
        externalRoots: externalRoots.length > 0 ? externalRoots : undefined,
        issuers,
        nameConstraints: settings.nameConstraints,
        revocationUrl: this.variables.REVOCATION_URL,
        crlShards: settings.revocation.crlShards,
        restoredLedger: settings.restoredLedger?.streamArn,
        ...(placement === undefined ? {} : { activeRegion: placement.active, responderKeyArn }),
      },
    });
  }
}

/** Of two Regions, the standby one learns the keys of the other from its replica of the table. */
function keyRegions(placement: Placement | undefined, guard: DeploymentGuard): KeyRegions | undefined {
  if (placement === undefined) return undefined;
  if (placement.here === 'primary') return { standby: placement.standby };
  return { primaryKeyArn: (id) => guard.primaryKeyArn(id) };
}

/** The variables that settings give. */
function variables(settings: Settings) {
  const { revocation } = settings;
  return {
    TRUST_DOMAIN: settings.trustDomain,
    ROOT_IDS: [ROOT_ID, ...settings.successorRoots.map(({ id }) => id)].join(','),
    ROOT_ADOPTION_PERCENT: String(settings.rootAdoptionPercent),
    ISSUER_IDS: settings.issuers.map((issuer) => issuer.id).join(','),
    LIST_CACHE_SECONDS: String(revocation.cacheSeconds),
    LIST_LIFETIME_SECONDS: String(revocation.listLifetimeHours * HOUR_SECONDS),
    ROOT_LIST_LIFETIME_SECONDS: String(revocation.rootListLifetimeDays * 24 * HOUR_SECONDS),
    OCSP_LIFETIME_SECONDS: String(revocation.ocspLifetimeHours * HOUR_SECONDS),
    ARCHIVE_AFTER_SECONDS: String((settings.archive?.afterDays ?? 0) * 24 * HOUR_SECONDS),
    RENEWAL_GRACE_SECONDS: String(settings.renewal.graceDays * 24 * HOUR_SECONDS),
    KMS_SIGNATURES_PER_SECOND: String(settings.quotas.kmsSignaturesPerSecond),
    KIBANA_URL: kibanaUrl(settings.fleetConnector),
    API_KEY_SECRET_ARN: settings.fleetConnector?.apiKeySecretArn ?? '',
  };
}

/** Fleet's API of a space is below its path (Kibana guide, "Spaces"); empty if there is no connector. */
function kibanaUrl(connector: Settings['fleetConnector']): string {
  if (connector === undefined) return '';
  const { kibanaUrl, space } = connector;
  return space === undefined ? kibanaUrl : `${kibanaUrl}/s/${space}`;
}
