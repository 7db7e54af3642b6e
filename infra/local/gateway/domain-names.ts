import { AwsError, type AwsService, type Input, type Protocol } from '../service/aws-service.ts';
import { readState, writeState } from '../template/state-file.ts';
import type { Template } from '../template/template.ts';

interface Asked extends Input {
  /** Of the request, with its first slash. */
  readonly path: string;
  readonly body: string;
}

/** The REST protocol of API Gateway's control plane (API Gateway API reference). */
const PROTOCOL: Protocol = {
  read: ({ method = '', url = '' }, body) => {
    const input: Asked = { path: new URL(url, 'http://apigateway').pathname, body: body.toString() };
    return { action: method, input, body };
  },
  refuse: ({ code, message }) => ({
    status: STATUSES[code] ?? 400,
    body: JSON.stringify({ message }),
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
  }),
  codeOf: ({ headers, status }) => headers?.['x-amzn-errortype'] ?? String(status),
};

const STATUSES: Readonly<Record<string, number>> = {
  NotFoundException: 404,
  AccessDeniedException: 403,
  TooManyRequestsException: 429,
};

/** What a deployed domain reads of its trust store. */
interface TrustStore {
  readonly truststoreUri: string;
  readonly truststoreVersion?: string;
}

const VERSION = '/mutualTlsAuthentication/truststoreVersion';

/**
 * API Gateway's domain names with mutual TLS: GetDomainName, and UpdateDomainName of the version of the trust store. No
 * client reaches the API by them here.
 *
 * @param file keeps the versions that were set.
 */
export function domainNamesService(template: Template, file: string): AwsService {
  const { region } = template.place;
  const find = async (path: string): Promise<readonly [string, TrustStore]> => {
    const name = path.slice('/domainnames/'.length);
    const declared = template
      .all('AWS::ApiGateway::DomainName')
      .find(({ properties }) => properties['DomainName'] === name)?.properties['MutualTlsAuthentication'];
    if (declared === undefined)
      throw new AwsError('NotFoundException', 'Invalid domain name identifier specified');
    const { TruststoreUri = '', TruststoreVersion } = declared as Readonly<Record<string, string>>;
    const truststoreVersion = (await readState<Record<string, string>>(file, {}))[name] ?? TruststoreVersion;
    const version = truststoreVersion === undefined ? {} : { truststoreVersion };
    return [name, { truststoreUri: TruststoreUri, ...version }];
  };
  return {
    name: 'apigateway',
    protocol: PROTOCOL,
    permissions(action, input) {
      const { path } = input as Asked;
      if (!path.startsWith('/domainnames/') || !['GET', 'PATCH'].includes(action))
        throw new AwsError(
          'NotFoundException',
          'the local API Gateway has GetDomainName and UpdateDomainName; add others to infra/local/gateway',
        );
      const resource = `arn:aws:apigateway:${region}::${path}`;
      const bucket = template.all('AWS::S3::Bucket').map(({ attributes }) => attributes['Arn'] ?? '');
      const uri = storeOf(template, path.slice('/domainnames/'.length));
      const object = uri.replace(/^s3:\/\//, 'arn:aws:s3:::');
      const reads = action === 'PATCH' && bucket.some((arn) => object.startsWith(`${arn}/`));
      return [
        { action: `apigateway:${action}`, resource, context: {} },
        // A second authorization of what concerns mutual TLS (service authorization reference, AddCertificateToDomain).
        ...(action === 'PATCH'
          ? [{ action: 'apigateway:AddCertificateToDomain', resource, context: {} }]
          : []),
        ...(reads ? [{ action: 's3:GetObjectVersion', resource: object, context: {} }] : []),
      ];
    },
    async perform({ action, input }) {
      const { path, body } = input as Asked;
      const [domainName, before] = await find(path);
      const mutualTlsAuthentication = action === 'GET' ? before : { ...before, ...patched(body) };
      if (action === 'PATCH') {
        const versions = await readState<Record<string, string>>(file, {});
        await writeState(file, { ...versions, [domainName]: patched(body).truststoreVersion });
      }
      return {
        status: action === 'GET' ? 200 : 202,
        body: JSON.stringify({ domainName, domainNameStatus: 'AVAILABLE', mutualTlsAuthentication }),
        headers: { 'content-type': 'application/json' },
      };
    },
  };
}

function storeOf(template: Template, name: string): string {
  const domain = template
    .all('AWS::ApiGateway::DomainName')
    .find(({ properties }) => properties['DomainName'] === name);
  const { TruststoreUri = '' } = (domain?.properties['MutualTlsAuthentication'] ?? {}) as {
    TruststoreUri?: string;
  };
  return TruststoreUri;
}

/** @throws AwsError for anything but another version of the trust store. */
function patched(body: string): { readonly truststoreVersion: string } {
  const { patchOperations } = JSON.parse(body) as {
    patchOperations: readonly { op: string; path: string; value: string }[];
  };
  const [operation, ...others] = patchOperations;
  if (
    operation === undefined ||
    others.length > 0 ||
    operation.op !== 'replace' ||
    operation.path !== VERSION
  )
    throw new AwsError('BadRequestException', `the local API Gateway replaces ${VERSION} only`);
  return { truststoreVersion: operation.value };
}
