import { CfnOutput, Stack } from 'aws-cdk-lib';
import {
  BasePathMapping,
  CfnDomainName,
  DomainName,
  type IRestApi,
  type Stage,
} from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { ApiSettings } from '../settings/api.ts';
import { STAGE } from './api-policy.ts';

/**
 * The domain names of the operator's own, in the stack that is not torn down: DNS records have their targets. Each is
 * mapped to the stage by the service stack (`mapDomains`).
 */
export class ApiDomains extends Construct {
  constructor(scope: Construct, id: string, api: ApiSettings) {
    super(scope, id);
    const { domainName, certificateArn, securityPolicy, mutualTls } = api;
    if (domainName !== undefined && certificateArn !== undefined)
      this.add('Domain', 'ApiDomain', {
        domainName,
        regionalCertificateArn: certificateArn,
        securityPolicy,
        endpointAccessMode: 'STRICT',
      });
    if (mutualTls !== undefined)
      this.add('MutualTlsDomain', 'ApiMutualTlsDomain', {
        domainName: mutualTls.domainName,
        regionalCertificateArn: mutualTls.certificateArn,
        // API Gateway refuses mutual TLS on a domain with an enhanced policy.
        securityPolicy: 'TLS_1_2',
        mutualTlsAuthentication: {
          truststoreUri: mutualTls.trustStoreUri,
          ...(mutualTls.trustStoreVersion === undefined
            ? {}
            : { truststoreVersion: mutualTls.trustStoreVersion }),
        },
      });
  }

  private add(id: string, output: string, props: ConstructorParameters<typeof CfnDomainName>[2]): void {
    const domain = new CfnDomainName(this, id, { endpointConfiguration: { types: ['REGIONAL'] }, ...props });
    new CfnOutput(Stack.of(this), `${output}Target`, {
      value: domain.attrRegionalDomainName,
      description: `Target of the CNAME or alias record for ${props?.domainName}.`,
    });
    new CfnOutput(Stack.of(this), `${output}HostedZoneId`, {
      value: domain.attrRegionalHostedZoneId,
      description: `Hosted zone of that target, for an alias record in Route 53.`,
    });
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
