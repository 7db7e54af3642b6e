import type { Resolved, Template } from '../template/template.ts';
import type { MethodSettings } from './throttle.ts';

/** A REST API of the template; without a stage, nothing is deployed. */
export type RestApi = Omit<Api, 'stage'> & { readonly stage: string | undefined };

/** A REST API with the one stage that serves it. */
export interface Api {
  readonly id: string;
  readonly stage: string;
  readonly methodSettings: MethodSettings;
  /** Whether it has a resource policy: then a method without authorization needs its Allow. */
  readonly hasPolicy: boolean;
  /** Content types of bodies that functions get in base64. */
  readonly binaryMediaTypes: readonly string[];
  readonly root: ApiResource;
  /** By response type; for others the gateway has its own defaults. */
  readonly responses: ReadonlyMap<string, GatewayResponse>;
}

/** A node of the tree of paths. */
export interface ApiResource {
  readonly id: string;
  /** `/tokens/{id}`. */
  readonly path: string;
  readonly part: string;
  readonly children: ApiResource[];
  /** By HTTP method, or ANY. */
  readonly methods: Map<string, ApiMethod>;
}

export interface ApiMethod {
  readonly authorization: 'AWS_IAM' | 'NONE';
  readonly functionArn: string;
}

export interface GatewayResponse {
  readonly statusCode: string | undefined;
  /** Header values, by name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly template: string | undefined;
}

/** The resource that a path leads to, and the values of its variables, still encoded. */
export interface Match {
  readonly resource: ApiResource;
  readonly parameters: Readonly<Record<string, string>>;
}

/**
 * The REST APIs of the template.
 *
 * @throws Error for what the local gateway does not know: other integrations than Lambda proxies, other authorizers.
 */
export function readApis(template: Template): readonly RestApi[] {
  return template.all('AWS::ApiGateway::RestApi').map((api) => readApi(template, api));
}

function readApi(template: Template, api: Resolved): RestApi {
  const own = (type: string) =>
    template.all(`AWS::ApiGateway::${type}`).filter(({ properties }) => properties['RestApiId'] === api.ref);
  const [stage, ...stages] = own('Stage');
  if (stages.length > 0)
    throw new Error(`${api.logicalId}: the local gateway serves REST APIs with one stage at most`);
  const root: ApiResource = resourceNode(api.attributes['RootResourceId'] ?? '', '/', '');
  const nodes = new Map([[root.id, root]]);
  addResources(own('Resource'), nodes);
  for (const method of own('Method')) addMethod(method, nodes);
  return {
    id: api.ref,
    stage: stage?.ref,
    methodSettings: (stage?.properties['MethodSettings'] ?? []) as MethodSettings,
    hasPolicy: api.properties['Policy'] !== undefined,
    binaryMediaTypes: (api.properties['BinaryMediaTypes'] ?? []) as string[],
    root,
    responses: new Map(own('GatewayResponse').map(gatewayResponse)),
  };
}

function resourceNode(id: string, path: string, part: string): ApiResource {
  return { id, path, part, children: [], methods: new Map() };
}

/** In the template a child may come before its parent. */
function addResources(resources: readonly Resolved[], nodes: Map<string, ApiResource>): void {
  let left = [...resources];
  while (left.length > 0) {
    const later = left.filter(({ ref, properties }) => {
      const parent = nodes.get(String(properties['ParentId']));
      if (parent === undefined) return true;
      const part = String(properties['PathPart']);
      const node = resourceNode(ref, `${parent.path === '/' ? '' : parent.path}/${part}`, part);
      parent.children.push(node);
      nodes.set(ref, node);
      return false;
    });
    if (later.length === left.length)
      throw new Error(`${later[0]?.logicalId}: its parent resource is unknown`);
    left = later;
  }
}

function addMethod({ logicalId, properties }: Resolved, nodes: ReadonlyMap<string, ApiResource>): void {
  const authorization = properties['AuthorizationType'] ?? 'NONE';
  if (authorization !== 'AWS_IAM' && authorization !== 'NONE')
    throw new Error(`${logicalId}: the local gateway does not know authorization ${String(authorization)}`);
  const { Type, Uri } = (properties['Integration'] ?? {}) as { Type?: string; Uri?: string };
  const functionArn = /functions\/(arn:[^/]+)\/invocations$/.exec(Uri ?? '')?.[1];
  if (Type !== 'AWS_PROXY' || functionArn === undefined)
    throw new Error(
      `${logicalId}: the local gateway knows Lambda proxy integrations only, not ${Type} ${Uri}`,
    );
  const resource = nodes.get(String(properties['ResourceId']));
  if (resource === undefined) throw new Error(`${logicalId}: its resource is unknown`);
  resource.methods.set(String(properties['HttpMethod']), { authorization, functionArn });
}

function gatewayResponse({ properties }: Resolved): [string, GatewayResponse] {
  const { ResponseType, StatusCode, ResponseParameters, ResponseTemplates } = properties;
  const headers = Object.entries(ResponseParameters ?? {}).map(([name, value]) => [
    name.replace(/^gatewayresponse\.header\./, ''),
    String(value).replace(/^'(.*)'$/, '$1'),
  ]);
  const templates = (ResponseTemplates ?? {}) as Readonly<Record<string, string>>;
  const statusCode = StatusCode === undefined ? undefined : String(StatusCode);
  const template = templates['application/json'];
  return [String(ResponseType), { statusCode, headers: Object.fromEntries(headers), template }];
}
