import { CfnOutput, Stack } from 'aws-cdk-lib';
import {
  BasePathMapping,
  CfnDomainName,
  DomainName,
  type IRestApi,
  type Stage,
} from 'aws-cdk-lib/aws-apigateway';
import { Construct, type IDependable } from 'constructs';
import { TRUST_STORE_PATH } from '../../shared/domain/trust-store.ts';
import type { ApiSettings } from '../settings/api.ts';
import { STAGE } from './api-policy.ts';

/**
 * The domain names of the operator's own, in the stack that is not torn down: DNS records have their targets. Each is
 * mapped to the stage by the service stack (`mapDomains`).
 */
export class ApiDomains extends Construct {
  private readonly reading: CfnDomainName | undefined;

  /** @param bucketName of the bucket where the service publishes the trust store. */
  constructor(scope: Construct, id: string, api: ApiSettings, bucketName: string) {
    super(scope, id);
    const { domainName, certificateArn, securityPolicy, mutualTls } = api;
    if (domainName !== undefined && certificateArn !== undefined)
      this.add('Domain', 'ApiDomain', {
        domainName,
        regionalCertificateArn: certificateArn,
        securityPolicy,
        endpointAccessMode: 'STRICT',
      });
    if (mutualTls === undefined) return;
    const { trustStoreUri = `s3://${bucketName}${TRUST_STORE_PATH}`, trustStoreVersion } = mutualTls;
    const domain = this.add('MutualTlsDomain', 'ApiMutualTlsDomain', {
      domainName: mutualTls.domainName,
      regionalCertificateArn: mutualTls.certificateArn,
      // API Gateway refuses mutual TLS on a domain with an enhanced policy.
      securityPolicy: 'TLS_1_2',
      mutualTlsAuthentication: {
        truststoreUri: trustStoreUri,
        // The service sets the version of its own trust store.
        ...(trustStoreVersion === undefined ? {} : { truststoreVersion: trustStoreVersion }),
      },
    });
    if (mutualTls.trustStoreUri === undefined) this.reading = domain;
  }

  /** API Gateway reads the trust store when the domain is created: it must be published by then. */
  readTrustStoreOf(publication: IDependable): void {
    this.reading?.node.addDependency(publication);
  }

  private add(
    id: string,
    output: string,
    props: ConstructorParameters<typeof CfnDomainName>[2],
  ): CfnDomainName {
    const domain = new CfnDomainName(this, id, { endpointConfiguration: { types: ['REGIONAL'] }, ...props });
    new CfnOutput(Stack.of(this), `${output}Target`, {
      value: domain.attrRegionalDomainName,
      description: `Target of the CNAME or alias record for ${props?.domainName}.`,
    });
    new CfnOutput(Stack.of(this), `${output}HostedZoneId`, {
      value: domain.attrRegionalHostedZoneId,
      description: `Hosted zone of that target, for an alias record in Route 53.`,
    });
    return domain;
  }
}

/**
 * Serves the stage at the domain names, below its name: `https://<domainName>/v1/enroll`.
 *
 * The domains are given by name, not by reference: an export that is in use could not change with the name. API Gateway
 * refuses to delete a stage that a mapping leads to, so each mapping refers to the stage and is deleted before it.
 */
export function mapDomains(
  scope: Construct,
  restApi: IRestApi,
  stage: Stage,
  { domainName, mutualTls }: ApiSettings,
): void {
  const names = { Domain: domainName, MutualTlsDomain: mutualTls?.domainName };
  for (const [id, name] of Object.entries(names)) {
    if (name === undefined) continue;
    const domain = DomainName.fromDomainNameAttributes(scope, id, {
      domainName: name,
      domainNameAliasTarget: name,
      domainNameAliasHostedZoneId: '',
    });
    new BasePathMapping(scope, `${id}Mapping`, { domainName: domain, restApi, stage, basePath: STAGE });
  }
}
