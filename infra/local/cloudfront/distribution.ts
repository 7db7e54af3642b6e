import type { Resolved, Template } from '../template/template.ts';

/** A distribution of the template. */
export interface Distribution {
  readonly id: string;
  readonly arn: string;
  /** The first whose pattern matches a path serves it; the last matches every path. */
  readonly behaviors: readonly Behavior[];
  /** Seconds for which errors are kept, by status. */
  readonly errorSeconds: ReadonlyMap<number, number>;
}

/** What happens to requests for the paths of a pattern. */
export interface Behavior {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
  readonly viewerProtocol: string;
  readonly caching: Caching;
  /** Whether the origin gets the query and the headers of the viewer. */
  readonly forwardsAll: boolean;
  readonly origin: Origin;
}

/** Bounds, in seconds, for how long an answer is kept; `default` where the answer does not say. */
export interface Caching {
  readonly min: number;
  readonly default: number;
  readonly max: number;
}

/** Where a distribution gets its answers. */
export interface Origin {
  readonly domainName: string;
  /** What comes before every path: `/v1`, or nothing. */
  readonly path: string;
  /** Whether requests to it are signed (origin access control). */
  readonly signed: boolean;
}

/** CloudFront developer guide, "Use managed cache policies". */
const MANAGED: Readonly<Record<string, Caching>> = {
  /** CachingDisabled */
  '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': { min: 0, default: 0, max: 0 },
  /** CachingOptimized */
  '658327ea-f89d-4fab-a63d-7e88639e58f6': { min: 1, default: 86_400, max: 31_536_000 },
};

/** The managed origin request policy AllViewerExceptHostHeader (CloudFront developer guide). */
const ALL_BUT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

type Properties = Readonly<Record<string, unknown>>;

/** The distribution of the template, if it has one. @throws Error for what the local cloud does not know of it. */
export function readDistribution(template: Template): Distribution | undefined {
  const [distribution, ...more] = template.all('AWS::CloudFront::Distribution');
  if (more.length > 0) throw new Error('the local cloud serves templates with at most one distribution');
  if (distribution === undefined) return undefined;
  const config = distribution.properties['DistributionConfig'] as Properties;
  const policies = new Map(
    template.all('AWS::CloudFront::CachePolicy').map((policy) => [policy.ref, cachingOf(policy)]),
  );
  const origins = new Map(
    (config['Origins'] as Properties[]).map((origin) => [origin['Id'], originOf(origin)]),
  );
  const behaviorOf = (behavior: Properties): Behavior => {
    const { PathPattern = '*', AllowedMethods = ['GET', 'HEAD'], TargetOriginId } = behavior;
    const { ViewerProtocolPolicy, CachePolicyId, OriginRequestPolicyId } = behavior;
    const caching = policies.get(String(CachePolicyId)) ?? MANAGED[String(CachePolicyId)];
    const origin = origins.get(TargetOriginId);
    if (caching === undefined || origin === undefined)
      throw new Error(
        `${distribution.logicalId}: the local cloud does not know the origin or the cache policy ${String(CachePolicyId)} of ${String(PathPattern)}`,
      );
    return {
      pattern: patternOf(String(PathPattern)),
      methods: AllowedMethods as string[],
      viewerProtocol: String(ViewerProtocolPolicy),
      caching,
      forwardsAll: OriginRequestPolicyId === ALL_BUT_HOST,
      origin,
    };
  };
  const others = (config['CacheBehaviors'] ?? []) as Properties[];
  return {
    id: distribution.ref,
    arn: `arn:aws:cloudfront::${template.place.accountId}:distribution/${distribution.ref}`,
    behaviors: [...others, config['DefaultCacheBehavior'] as Properties].map(behaviorOf),
    errorSeconds: errorSecondsOf(config['CustomErrorResponses']),
  };
}

function cachingOf({ properties }: Resolved): Caching {
  const { MinTTL, DefaultTTL, MaxTTL } = properties['CachePolicyConfig'] as Properties;
  return { min: Number(MinTTL), default: Number(DefaultTTL), max: Number(MaxTTL) };
}

function originOf({ DomainName, OriginPath = '', OriginAccessControlId }: Properties): Origin {
  const signed = OriginAccessControlId !== undefined;
  return { domainName: String(DomainName), path: String(OriginPath), signed };
}

/** `*` stands for any text, `?` for one character (CloudFront developer guide, "Path pattern"). */
function patternOf(path: string): RegExp {
  const escaped = path.replace(/^\//, '').replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^/${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}

function errorSecondsOf(responses: unknown): ReadonlyMap<number, number> {
  return new Map(
    ((responses ?? []) as Properties[]).map(({ ErrorCode, ErrorCachingMinTTL = 10 }) => [
      Number(ErrorCode),
      Number(ErrorCachingMinTTL),
    ]),
  );
}
