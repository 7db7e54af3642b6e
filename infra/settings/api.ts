import * as z from 'zod/mini';
import { domainName } from './domain-name.ts';
import { NETWORK } from './network.ts';
import { about } from './setting.ts';

/**
 * The TLS policies of Regional and private APIs (API Gateway developer guide, "Supported security policies"), without the
 * legacy ones: TLS_1_0 is API Gateway's default, and accepts TLS 1.0.
 */
const SECURITY_POLICIES = [
  'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
  'SecurityPolicy_TLS13_1_2_PQ_2025_09',
  'SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09',
  'SecurityPolicy_TLS13_1_2_2021_06',
  'SecurityPolicy_TLS13_1_3_2025_09',
  'SecurityPolicy_TLS13_1_3_FIPS_2025_09',
] as const;

/** TLS 1.2 for Windows Server 2016 and 2019, with forward secrecy only: Schannel has ECDHE with AES-GCM since 2016. */
export const DEFAULT_SECURITY_POLICY = SECURITY_POLICIES[0];

/** A Regional endpoint reads certificates of its own Region. */
const CERTIFICATE_ARN = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/,
      'must be the ARN of a certificate of AWS Certificate Manager, in the Region of the deployment',
    ),
  );

const VPC_ENDPOINT_ID = z
  .string()
  .check(
    z.regex(/^vpce-[0-9a-f]{8,17}$/, 'must be the id of a VPC endpoint, as in "vpce-0123456789abcdef0"'),
  );

const WEB_ACL_ARN = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]{1,128}\/[0-9a-f-]{36}$/,
      'must be the ARN of a Regional web ACL of AWS WAF',
    ),
  );

const TRUST_STORE_URI = z
  .string()
  .check(
    z.regex(
      /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[\w!.*'()/-]+$/,
      'must be the address of an object in S3, as in "s3://bucket/trust.pem"',
    ),
  );

const MUTUAL_TLS = z.strictObject({
  domainName: about(
    'DNS name of the second domain. Another one than `domainName`, because hosts without a certificate have to enroll there.',
    domainName('renew.example.com'),
  ),
  certificateArn: about(
    // API Gateway developer guide, "Configuring mutual TLS authentication for a REST API".
    'ARN of a certificate for it that AWS Certificate Manager issued publicly, in the Region of the deployment. For an imported certificate, or one of a private CA, API Gateway wants a second one that proves the ownership of the domain, which this service does not set.',
    CERTIFICATE_ARN,
  ),
  trustStoreUri: about(
    'An object of yours in S3 with the CA certificates that clients must chain to, in PEM: the roots and all issuers. The deploying role must be allowed to read it. Default: the service publishes its own, and has API Gateway read it again within 5 minutes of a change.',
    z.optional(TRUST_STORE_URI),
  ),
  trustStoreVersion: about(
    'Version of `trustStoreUri`, with it only. API Gateway reads the object when this changes; default: when the domain is created.',
    z.optional(z.string().check(z.minLength(1), z.maxLength(2048))),
  ),
});

const DEFAULTS = {
  securityPolicy: DEFAULT_SECURITY_POLICY,
  defaultEndpoint: true,
  allowedNetworks: [],
  vpcEndpointIds: [],
};

/** The setting `api`. */
export const API = about(
  'How clients reach the API. Changes take effect within 15 minutes; none changes its id, and so its own hostname and the policies of operators.',
  z._default(
    z.strictObject({
      securityPolicy: about(
        'TLS policy of API Gateway. Windows Server 2016 and 2019 have no TLS 1.3: those with `TLS13_1_3` shut them out. `SecurityPolicy_TLS13_1_2_2021_06` and the `PQ` ones without `PFS` also accept ciphers without forward secrecy.',
        z._default(
          z.enum(SECURITY_POLICIES, `must be one of ${SECURITY_POLICIES.join(', ')}`),
          DEFAULTS.securityPolicy,
        ),
      ),
      domainName: about(
        "DNS name of the API, `https://<domainName>/v1`; default: API Gateway's own. Make a CNAME or alias record for it to the output `ApiDomainTarget`.",
        z.optional(domainName('certs.example.com')),
      ),
      certificateArn: about(
        'ARN of a certificate for `domainName` in AWS Certificate Manager, in the Region of the deployment. Set both or neither.',
        z.optional(CERTIFICATE_ARN),
      ),
      defaultEndpoint: about(
        "Whether API Gateway's own hostname works. Set it to false only with `domainName`, and when no host has the other name: hosts renew where they enrolled.",
        z._default(z.boolean('must be true or false'), DEFAULTS.defaultEndpoint),
      ),
      allowedNetworks: about(
        'Networks in CIDR form that may call the API, at most 100; default: any. For a private API, networks in its VPCs. Other callers, and requests to unknown paths, get 403.',
        z._default(
          z.array(NETWORK).check(z.maxLength(100, 'must hold at most 100 networks')),
          DEFAULTS.allowedNetworks,
        ),
      ),
      // API Gateway developer guide, "Security policies for REST APIs": "If the endpoint access mode of your API is STRICT, you
      // can't change the endpoint type".
      vpcEndpointIds: about(
        'Interface endpoints for `execute-api`, at most 20: with any, the API is private, and can be reached through them only. Revocation lists and OCSP stay public. A private API cannot have `domainName`. Choose before the first deployment whether it has any: API Gateway changes a public API into a private one, or back, only after a step by hand (docs/operations.md).',
        z._default(
          z.array(VPC_ENDPOINT_ID).check(z.maxLength(20, 'must hold at most 20 endpoints')),
          DEFAULTS.vpcEndpointIds,
        ),
      ),
      webAclArn: about(
        'ARN of a Regional web ACL of AWS WAF for the API; default: none.',
        z.optional(WEB_ACL_ARN),
      ),
      mutualTls: about(
        'A second domain that accepts only clients with a certificate of this authority, for renewals; default: none. Its TLS policy is `TLS_1_2`, because API Gateway offers mutual TLS with no other. It checks no revocation; the service does.',
        z.optional(MUTUAL_TLS),
      ),
    }),
    DEFAULTS,
  ),
);

/** @see API */
export type ApiSettings = z.infer<typeof API>;

/** A line for each rule that these settings violate together. */
export function apiProblems(api: ApiSettings): readonly string[] {
  const { certificateArn, defaultEndpoint, mutualTls } = api;
  const own = api.domainName;
  const isPrivate = api.vpcEndpointIds.length > 0;
  const rules: readonly (readonly [boolean, string])[] = [
    [
      (own === undefined) !== (certificateArn === undefined),
      'api: must set both domainName and certificateArn, or neither',
    ],
    [
      !(defaultEndpoint || isPrivate) && own === undefined,
      'api.defaultEndpoint: may be false only with api.domainName, because hosts could not reach the API',
    ],
    [
      isPrivate && !defaultEndpoint,
      'api.defaultEndpoint: must be true for a private API, which has no other name',
    ],
    [
      isPrivate && own !== undefined,
      'api.domainName: a private API cannot have one; leave out domainName, or vpcEndpointIds',
    ],
    [
      isPrivate && mutualTls !== undefined,
      'api.mutualTls: a private API cannot have it; leave out mutualTls, or vpcEndpointIds',
    ],
    [
      mutualTls?.trustStoreVersion !== undefined && mutualTls.trustStoreUri === undefined,
      'api.mutualTls.trustStoreVersion: only with api.mutualTls.trustStoreUri; leave it out where the service publishes the trust store',
    ],
    [
      mutualTls !== undefined && mutualTls.domainName === own,
      'api.mutualTls.domainName: must be another name than api.domainName, where hosts enroll without a certificate',
    ],
  ];
  return rules.flatMap(([broken, message]) => (broken ? [message] : []));
}
