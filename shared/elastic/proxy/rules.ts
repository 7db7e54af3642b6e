import { quote } from '../../errors/excerpt.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { PROXY_KINDS } from '../deployment/fields/proxy.ts';
import { frontOf, isProxied, upstreamOf } from '../deployment/proxy.ts';
import { peersAtProxy } from '../deployment/route.ts';
import {
  choiceRule,
  type Results,
  type RuleContext,
  type Rules,
  type Violation,
} from '../deployment/rule.ts';
import { serverNameRule } from '../deployment/server-names.ts';
import { PROXY_SCHEMES, urlProblem } from '../deployment/url.ts';
import { originOf, originProblem } from './origin.ts';

/** The rules of `#/deployment/proxy` for the clients of the proxy. */
export const proxyRules: Rules = (context) => [
  ...kindRules(context),
  ...trustRules(context),
  ...(isProxied(context.deployment) ? frontRules(context) : forwardRules(context)),
];

function kindRules({ deployment }: RuleContext): Results {
  const { kind } = deployment.proxy ?? {};
  return [
    choiceRule('/proxy/kind', 'kind', kind, PROXY_KINDS, {
      synonyms: { reverse: 'terminating', connect: 'forward', http: 'forward' },
      wayOut: '; "terminating" ends the mutual TLS, "forward" passes connections on to other servers',
    }),
    kind === 'forward' &&
      isProxied(deployment) && [
        '/proxy/kind',
        'a forward proxy only passes connections on, so mutual TLS would end at the boundary of Elastic Cloud, which asks for no client certificate: use "terminating", a proxy of your own that ends it. Set a forward proxy in front of that one, or of your own Fleet Server, in agent.proxy.url',
      ],
  ];
}

/** No field about a CA is silently ignored. */
function trustRules({ deployment, subject: { profile } }: RuleContext): Results {
  const { trust = {}, model } = deployment;
  const atProxy = peersAtProxy(deployment, profile);
  return [
    trust.proxy !== undefined &&
      atProxy.length === 0 && [
        '/trust/proxy',
        profile === 'proxy'
          ? 'trust.proxy is for the clients of the proxy, not for the proxy itself: leave it out'
          : `trust.proxy is for a terminating proxy in front of Elastic Cloud, which the model ${model} does not have: leave it out, or change model`,
      ],
    ...atProxy.map(
      (peer): Violation | false =>
        trust[peer] !== undefined && [
          `/trust/${peer}`,
          `trust.${peer} does not apply behind the proxy, whose certificate the clients see instead: use trust.proxy`,
        ],
    ),
  ];
}

function frontRules({ deployment }: RuleContext): Results {
  const { model, proxy = {} } = deployment;
  const cloudProxy = model === 'cloud-proxy';
  return [
    cloudProxy &&
      proxy.fleetUrl === undefined && [
        '/proxy/fleetUrl',
        'proxy.fleetUrl is required in the model cloud-proxy: the address at which agents reach Fleet Server through your proxy, for example https://fleet-proxy.example.com:8220',
      ],
    !cloudProxy &&
      proxy.elasticsearchUrl === undefined && [
        '/proxy/elasticsearchUrl',
        `proxy.elasticsearchUrl is required in the model ${model}: the address at which agents and Fleet Server reach Elasticsearch through your proxy, for example https://es-proxy.example.com:9200`,
      ],
    originRule('/proxy/fleetUrl', proxy.fleetUrl),
    originRule('/proxy/elasticsearchUrl', proxy.elasticsearchUrl),
    originRule('/proxy/upstream/fleetUrl', proxy.upstream?.fleetUrl),
    originRule('/proxy/upstream/elasticsearchUrl', proxy.upstream?.elasticsearchUrl),
    ...pastProxyRules(deployment),
  ];
}

/** An output with the address of Elastic Cloud, although the deployment has a proxy in front of it. */
function pastProxyRules({ proxy = {}, outputs = [] }: Deployment): Results {
  const cloud = originOf(proxy.upstream?.elasticsearchUrl ?? '')?.host;
  const way = proxy.elasticsearchUrl ?? 'the address of the proxy';
  return outputs.flatMap(({ hosts = [] }, index) =>
    hosts.map(
      (host, at) =>
        cloud !== undefined &&
        originOf(host)?.host === cloud && [
          `/outputs/${index}/hosts/${at}`,
          `the host ${quote(host)} is Elastic Cloud itself, which does not ask for a client certificate: use ${way}`,
        ],
    ),
  );
}

function originRule(field: string, url: string | undefined): Violation | undefined {
  const problem = url === undefined ? undefined : originProblem(url);
  return problem === undefined ? undefined : [field, `${named(field)} ${problem}`];
}

function named(field: string): string {
  return field.slice(1).replaceAll('/', '.');
}

/** Mutual TLS ends at the caller's own servers. */
function forwardRules({ deployment, os, subject: { profile } }: RuleContext): Results {
  const { model, proxy, agent = {} } = deployment;
  if (proxy === undefined) return [];
  if (proxy.kind !== 'forward')
    return [
      [
        '/proxy',
        `a terminating proxy is only for the models cloud-proxy and on-premises-hosted-elasticsearch, not for ${model}, where mutual TLS ends at your own servers: leave proxy out, or change model`,
      ],
    ];
  if (profile !== 'agent')
    return [
      ['/proxy', `a forward proxy does not apply to a certificate of profile ${profile}: leave proxy out`],
    ];
  const { fleetUrl, elasticsearchUrl, upstream } = proxy;
  const problem = fleetUrl === undefined ? undefined : urlProblem(fleetUrl, PROXY_SCHEMES, true);
  return [
    os === 'container' && [
      '/proxy',
      'Elastic Agent in a container has no variables for a forward proxy: leave proxy out and set HTTPS_PROXY or NO_PROXY on the container',
    ],
    fleetUrl === undefined && [
      '/proxy/fleetUrl',
      'proxy.fleetUrl is required for a forward proxy: its own address, for example http://proxy.example.com:3128',
    ],
    problem !== undefined && ['/proxy/fleetUrl', `proxy.fleetUrl ${problem}`],
    agent.proxy !== undefined && [
      '/agent/proxy',
      'agent.proxy and a forward proxy mean the same: leave one of them out',
    ],
    elasticsearchUrl !== undefined && [
      '/proxy/elasticsearchUrl',
      'a forward proxy in front of an output is a proxy object of Fleet (Kibana, Fleet, Settings, Proxies), chosen in the output: leave proxy.elasticsearchUrl out',
    ],
    upstream !== undefined && [
      '/proxy/upstream',
      'upstream is only for a terminating proxy, which opens its own connections: leave it out',
    ],
  ];
}

/** What the proxy's own kit needs too: where to connect, and texts that are safe in every proxy's configuration language. */
export const terminatorRules: Rules = ({ deployment, subject, os }) => {
  const front = frontOf(deployment);
  const upstream = upstreamOf(deployment);
  const { directory, keyPassphraseFile, trust = {} } = deployment;
  return [
    os === 'windows' && [
      '/os',
      'os must be that of the proxy, and neither HAProxy nor Envoy runs on "windows": use linux, macos or container',
    ],
    keyPassphraseFile !== undefined && [
      '/keyPassphraseFile',
      'keyPassphraseFile does not apply to a proxy, because HAProxy cannot read a passphrase from a file: leave it out and use an unencrypted key',
    ],
    ...(['fleetUrl', 'elasticsearchUrl'] as const).flatMap((url) =>
      pairRules(url, front[url], upstream[url]),
    ),
    sharedRule(front.fleetUrl, front.elasticsearchUrl),
    ...(['fleetUrl', 'elasticsearchUrl'] as const).map((field) => {
      const url = front[field];
      const reached = { who: 'clients reach the proxy as', fields: `proxy.${field}` };
      return url !== undefined && serverNameRule(subject, { at: [url], ...reached });
    }),
    originRule('/fleetUrl', deployment.fleetUrl),
    plain('/directory', directory),
    ...(['fleetServer', 'elasticsearch'] as const).map((peer) => {
      const choice = trust[peer];
      return typeof choice === 'object' && 'path' in choice && plain(`/trust/${peer}/path`, choice.path);
    }),
    ...(['logstash', 'kafka'] as const).map(
      (peer): Violation | false =>
        trust[peer] !== undefined && [
          `/trust/${peer}`,
          `trust.${peer} does not apply to a proxy, which connects only to Elastic Cloud: leave it out`,
        ],
    ),
  ];
};

function pairRules(url: 'fleetUrl' | 'elasticsearchUrl', front?: string, upstream?: string): Results {
  const name = url === 'fleetUrl' ? 'Fleet Server' : 'Elasticsearch';
  const origin = upstream === undefined ? undefined : originOf(upstream);
  return [
    front !== undefined &&
      upstream === undefined && [
        `/proxy/upstream/${url}`,
        `proxy.upstream.${url} is required: the address of ${name} on Elastic Cloud, to which the proxy connects`,
      ],
    front === undefined &&
      upstream !== undefined &&
      url === 'elasticsearchUrl' && [
        `/proxy/${url}`,
        `proxy.${url} is required with proxy.upstream.${url}: the address at which agents reach the proxy`,
      ],
    origin?.named === false && [
      `/proxy/upstream/${url}`,
      `proxy.upstream.${url} must have a host name, not an IP address: Elastic Cloud tells its customers apart by name`,
    ],
  ];
}

/** On one port, the name that the client asks for selects the service. */
function sharedRule(fleetUrl?: string, elasticsearchUrl?: string): Violation | undefined {
  const [fleet, elasticsearch] = [fleetUrl, elasticsearchUrl].map((url) => url && originOf(url));
  if (!fleet || !elasticsearch || fleet.port !== elasticsearch.port) return undefined;
  if (fleet.named && elasticsearch.named && fleet.host !== elasticsearch.host) return undefined;
  return [
    '/proxy/elasticsearchUrl',
    'proxy.fleetUrl and proxy.elasticsearchUrl share a port and need different host names: give each its own port or host name',
  ];
}

function plain(field: string, path: string | undefined): Violation | undefined {
  if (path === undefined || /^[A-Za-z0-9._/+-]*$/.test(path)) return undefined;
  return [
    field,
    `${named(field)} contains characters that do not work in every proxy's configuration: use only letters, digits, ".", "_", "-", "+" and "/"`,
  ];
}
