import { HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import { TRUST_STORE_PATH } from '../domain/trust-store.ts';
import { AppError } from '../errors/app-error.ts';
import type { MutualTlsDomain } from '../rotation/ports.ts';

export interface MutualTlsDomainOptions {
  /** `arn:<partition>:apigateway:<region>::/domainnames/<name>`. */
  readonly domainArn: string;
  /** Where the trust store is published; its credentials sign the requests to API Gateway, too. */
  readonly s3: S3Client;
  readonly bucketName: string;
  /** URL of API Gateway. @default - that of the Region */
  readonly endpoint?: string | undefined;
}

/** Of one request, in milliseconds. */
const TIMEOUT_MILLISECONDS = 10_000;

/** What is read of a domain name (API Gateway API reference, GetDomainName and UpdateDomainName). */
interface DomainName {
  readonly domainNameStatus?: string;
  readonly mutualTlsAuthentication?: {
    readonly truststoreVersion?: string;
    readonly truststoreWarnings?: readonly string[];
  };
}

/**
 * A domain of API Gateway with mutual TLS. Its two requests are not worth the SDK's client for API Gateway, one more
 * dependency. API Gateway reads the trust store as the caller, who needs `s3:GetObject` and `s3:GetObjectVersion`.
 */
export function mutualTlsDomain(options: MutualTlsDomainOptions): MutualTlsDomain {
  const { s3, bucketName } = options;
  return {
    async publishedVersion(etag) {
      const head = await s3.send(
        new HeadObjectCommand({ Bucket: bucketName, Key: TRUST_STORE_PATH.slice(1) }),
      );
      if (head.ETag !== etag)
        throw new AppError('try_again', `${TRUST_STORE_PATH} was changed after it was published.`);
      return head.VersionId;
    },

    async trustStore() {
      const domain = await request(options, 'GET');
      if (domain === undefined) return undefined;
      return {
        version: domain.mutualTlsAuthentication?.truststoreVersion,
        status: domain.domainNameStatus ?? 'AVAILABLE',
        warnings: warningsOf(domain),
      };
    },

    async takeVersion(version) {
      const path = '/mutualTlsAuthentication/truststoreVersion';
      const domain = await request(options, 'PATCH', {
        patchOperations: [{ op: 'replace', path, value: version }],
      });
      return domain && warningsOf(domain);
    },
  };
}

function warningsOf({ mutualTlsAuthentication }: DomainName): readonly string[] {
  return mutualTlsAuthentication?.truststoreWarnings ?? [];
}

/** @returns undefined where there is no such domain. @throws AppError `try_again` for every other error. */
async function request(
  { domainArn, endpoint, s3 }: MutualTlsDomainOptions,
  method: 'GET' | 'PATCH',
  body?: object,
): Promise<DomainName | undefined> {
  const [, partition = '', , region = ''] = domainArn.split(':');
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const name = domainArn.slice(domainArn.lastIndexOf('/') + 1);
  const url = new URL(`/domainnames/${name}`, endpoint ?? `https://apigateway.${region}.${suffix}`);
  const { credentials } = s3.config;
  const signer = new SignatureV4({ service: 'apigateway', region, credentials, sha256: Sha256 });
  const content = body === undefined ? {} : { body: JSON.stringify(body) };
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: {},
    // Without it, API Gateway answers with links (HAL).
    headers: { host: url.host, accept: 'application/json', 'content-type': 'application/json' },
    ...content,
  });
  const response = await fetch(url, {
    method,
    headers: signed.headers,
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    ...content,
  });
  if (response.status === 404) return undefined;
  const text = await response.text();
  if (response.ok) return JSON.parse(text);
  throw new AppError('try_again', `API Gateway refused ${method} of the domain ${name}.`, {
    internal: { reason: `${response.status} ${text.slice(0, 200)}` },
  });
}
