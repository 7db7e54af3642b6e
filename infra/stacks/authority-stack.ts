import { CfnOutput, CustomResource, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { Environment } from '../../shared/config/environment.ts';
import type { CaKeySpec } from '../../shared/domain/authority.ts';
import type { Bundles } from '../bundle.ts';
import { CaKey } from '../constructs/ca-key.ts';
import { LedgerTable } from '../constructs/ledger-table.ts';
import { ListPublisher } from '../constructs/list-publisher.ts';
import { RevocationBucket } from '../constructs/revocation-bucket.ts';
import { RevocationDistribution } from '../constructs/revocation-distribution.ts';
import { ServiceFunction, signingRole } from '../constructs/service-function.ts';
import type { FunctionName } from '../functions.ts';
import type { Settings } from '../settings.ts';

export interface AuthorityStackProps extends StackProps {
  readonly settings: Settings;
  readonly bundles: Bundles;
}

/** The only root so far; a root rollover adds `root-2`. */
const ROOT_ID = 'root-1';

const HOUR_SECONDS = 3600;

/** Of the Julian calendar. */
const YEAR_SECONDS = 31_557_600;

/**
 * What must never be lost: the CA keys, the roles that sign with them, the ledger, and the creation of the authority. The
 * roles are here because a key policy is bound to a role's identity: a new role of the same name could not sign.
 */
export class AuthorityStack extends Stack {
  readonly table: LedgerTable;
  readonly enrollRole: Role;
  /** The one function that may sign with {@link enrollRole}. */
  readonly enrollFunctionName: string;
  readonly variables: Environment;

  constructor(scope: Construct, id: string, props: AuthorityStackProps) {
    super(scope, id, props);
    const { settings } = props;
    this.table = new LedgerTable(this, 'Ledger');
    const { bucket } = new RevocationBucket(this, 'RevocationBucket');
    const { url } = new RevocationDistribution(this, 'RevocationData', { ...settings, bucket });
    new CfnOutput(this, 'RevocationUrl', {
      value: url,
      description: 'Base URL of revocation lists, OCSP and CA certificates.',
    });
    const functionName = (name: FunctionName) => `fleetseal-${settings.authority}-${name}`;
    this.enrollFunctionName = functionName('enroll');
    this.enrollRole = signingRole(this, 'EnrollRole', 'enroll', this.enrollFunctionName);
    this.variables = {
      TABLE_NAME: this.table.tableName,
      TRUST_DOMAIN: settings.trustDomain,
      ROOT_IDS: ROOT_ID,
      ISSUER_IDS: settings.issuers.map((issuer) => issuer.id).join(','),
      ADDITIONAL_ROOTS: settings.additionalRoots.map((pem) => `${pem.trimEnd()}\n`).join(''),
      REVOCATION_URL: url,
      BUCKET_NAME: bucket.bucketName,
      LIST_CACHE_SECONDS: String(settings.revocation.cacheSeconds),
      LIST_LIFETIME_SECONDS: String(settings.revocation.listLifetimeHours * HOUR_SECONDS),
      ROOT_LIST_LIFETIME_SECONDS: String(settings.revocation.rootListLifetimeDays * 24 * HOUR_SECONDS),
      OCSP_LIFETIME_SECONDS: String(settings.revocation.ocspLifetimeHours * HOUR_SECONDS),
      KIBANA_URL: kibanaUrl(settings.fleetConnector),
    };
    const creatorName = functionName('create-authority');
    const creatorRole = signingRole(this, 'CreateAuthorityRole', 'create-authority', creatorName);
    const creator = new ServiceFunction(this, 'CreateAuthority', {
      ...props,
      name: 'create-authority',
      role: creatorRole,
      functionName: creatorName,
      table: this.table,
      environment: this.variables,
      logRetentionDays: settings.logRetentionDays,
    });
    const publisherName = functionName('publish-crls');
    const publisherRole = signingRole(this, 'PublishCrlsRole', 'publish-crls', publisherName);
    this.createAuthority(creator, settings, creatorRole, publisherRole);
    new ListPublisher(this, 'Lists', {
      ...props,
      ...settings,
      bucket,
      table: this.table,
      role: publisherRole,
      functionName: publisherName,
      environment: this.variables,
      lifetimeSeconds: settings.revocation.listLifetimeHours * HOUR_SECONDS,
    });
  }

  /** The custom resource that creates the authority once; on deletion its function does nothing. */
  private createAuthority(
    creator: ServiceFunction,
    settings: Settings,
    creatorRole: Role,
    publisherRole: Role,
  ): void {
    const key = (id: string, keySpec: CaKeySpec, signers: readonly Role[], certified: boolean) =>
      new CaKey(this, id, {
        id,
        keySpec,
        authority: settings.authority,
        administration: settings.keyAdministration,
        signers,
        // The function certifies the root and the first issuer; a rollover certifies the others.
        readers: certified ? [creatorRole] : [],
      }).keyArn;
    const { root, issuers } = settings;
    const authority = new CustomResource(this, 'Authority', {
      serviceToken: creator.fn.functionArn,
      serviceTimeout: Duration.minutes(5),
      resourceType: 'Custom::Authority',
      properties: {
        authority: settings.authority,
        trustDomain: settings.trustDomain,
        root: {
          id: ROOT_ID,
          keyArn: key(ROOT_ID, root.keySpec, [creatorRole], true),
          keySpec: root.keySpec,
          lifetimeSeconds: root.lifetimeYears * YEAR_SECONDS,
        },
        issuers: issuers.map((issuer, index) => ({
          id: issuer.id,
          keyArn: key(issuer.id, issuer.keySpec, [this.enrollRole, publisherRole], index === 0),
          keySpec: issuer.keySpec,
          lifetimeSeconds: issuer.lifetimeYears * YEAR_SECONDS,
        })),
        nameConstraints: settings.nameConstraints,
        revocationUrl: this.variables.REVOCATION_URL,
        crlShards: settings.revocation.crlShards,
      },
    });
    authority.node.addDependency(creator);
  }
}

/** Fleet's API of a space is below its path (Kibana guide, "Spaces"); empty if there is no connector. */
function kibanaUrl(connector: Settings['fleetConnector']): string {
  if (connector === undefined) return '';
  const { kibanaUrl, space } = connector;
  return space === undefined ? kibanaUrl : `${kibanaUrl}/s/${space}`;
}
