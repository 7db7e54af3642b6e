import { readDistribution } from './cloudfront/distribution.ts';
import { type EdgeHost, startEdge } from './cloudfront/edge.ts';
import { answerRequest, type GatewayHost, startGateway } from './gateway/gateway.ts';
import { type RestApi, readApis } from './gateway/routes.ts';
import { stageThrottle } from './gateway/throttle.ts';
import type { LocalTls } from './gateway/tls.ts';
import type { AwsService } from './service/aws-service.ts';
import type { Closers } from './services.ts';
import type { Template } from './template/template.ts';

/** What clients reach: the REST API on HTTPS, and the distribution, if there is one, on plain HTTP. */
export interface Doors {
  /** `https://localhost:<port>`, without the stage. */
  readonly url: string;
  /** `http://127.0.0.1:<port>`; undefined where the template has no distribution. */
  readonly httpUrl: string | undefined;
  /** Serves requests from now on; until then they wait. */
  open(host: Omit<GatewayHost, 'throttle' | 'domainName'>, s3: AwsService): void;
  close(): Promise<void>;
}

/**
 * Binds the ports, so that one that is taken fails the start at once, and names the distribution after its port. A REST
 * API that the distribution has as an origin is reached through it only; there must be exactly one other.
 */
export async function bindDoors(
  template: Template,
  ports: { readonly port: number; readonly httpPort: number },
  tls: LocalTls,
  closers: Closers,
): Promise<Doors> {
  const edgeReady = Promise.withResolvers<EdgeHost>();
  const gatewayReady = Promise.withResolvers<GatewayHost>();
  const [named] = template.all('AWS::CloudFront::Distribution');
  const edge = named && (await startEdge(edgeReady.promise, ports.httpPort));
  if (named !== undefined && edge !== undefined) {
    closers.push(edge.close);
    // In certificates a URL has a fully qualified name or an address (RFC 5280 section 4.2.1.6): localhost is neither.
    const DomainName = `127.0.0.1:${edge.port}`;
    template.answered(named, { ref: named.ref, attributes: { ...named.attributes, DomainName } });
  }
  const distribution = readDistribution(template);
  const isBehind = ({ id }: RestApi) =>
    distribution?.behaviors.some(({ origin }) => origin.domainName.startsWith(`${id}.`)) ?? false;
  const apis = readApis(template);
  const [api, ...others] = apis.filter((one) => !isBehind(one));
  if (api === undefined || others.length > 0)
    throw new Error(
      'the local cloud serves templates with exactly one REST API that is not behind the distribution',
    );
  const gateway = await startGateway(api, gatewayReady.promise, ports.port, tls);
  closers.push(gateway.close);
  return {
    url: `https://localhost:${gateway.port}`,
    httpUrl: edge && `http://127.0.0.1:${edge.port}`,
    open(host, s3) {
      const hostOf = (one: RestApi, domainName: string) => ({
        ...host,
        domainName,
        throttle: stageThrottle(one.methodSettings, host.clock),
      });
      gatewayReady.resolve(hostOf(api, `localhost:${gateway.port}`));
      if (distribution === undefined) return;
      const behind = apis.filter(isBehind).map((one) => ({
        one,
        its: hostOf(one, `${one.id}.execute-api.${host.place.region}.amazonaws.com`),
      }));
      edgeReady.resolve({
        distribution,
        clock: host.clock,
        iam: host.iam,
        s3,
        api(id, request) {
          const found = behind.find(({ one }) => one.id === id);
          return found && answerRequest(found.one, found.its, request);
        },
      });
    },
    async close() {
      await Promise.all([gateway.close(), edge?.close()]);
    },
  };
}
