import { meant } from '../../errors/nearest.ts';
import type { Deployment } from '../deployment.ts';
import { type Broken, quote, type Results, type RuleContext, type Rules } from '../rule.ts';
import { serverNameRule } from '../server-names.ts';
import { PROXY_SCHEMES, urlProblem } from '../url.ts';
import { originOf, originProblem } from './origin.ts';
import { peersAtProxy } from './route.ts';
import { frontOf, isProxied, PROXY_KINDS, upstreamOf } from './settings.ts';

/** The rules of `#/deployment/proxy` for whoever connects through the proxy. */
export const proxyRules: Rules = (context) => [
  ...kindRules(context),
  ...trustRules(context),
  ...(isProxied(context.deployment) ? frontRules(context) : forwardRules(context)),
];

function kindRules({ deployment }: RuleContext): Results {
  const { kind } = deployment.proxy ?? {};
  return [
    kind !== undefined &&
      !(PROXY_KINDS as readonly string[]).includes(kind) && [
        '/proxy/kind',
        `kind ${quote(kind)} is unknown: use terminating (it ends the mutual TLS) or forward (it carries connections that end elsewhere)${meant(kind, PROXY_KINDS, { reverse: 'terminating', connect: 'forward', http: 'forward' })}`,
      ],
    kind === 'forward' &&
      isProxied(deployment) && [
        '/proxy/kind',
        'a forward proxy only carries connections, so mutual TLS would end at the boundary of Elastic Cloud, which asks for no client certificate: use "terminating", a proxy of your own that ends it. A forward proxy in front of that one, or of your own Fleet Server, goes to agent.proxy.url',
      ],
  ];
}

/** Nothing that is said about a CA is dropped in silence. */
function trustRules({ deployment, subject: { profile } }: RuleContext): Results {
  const { trust = {}, model } = deployment;
  const atProxy = peersAtProxy(deployment, profile);
  return [
    trust.proxy !== undefined &&
      atProxy.length === 0 && [
        '/trust/proxy',
        profile === 'proxy'
          ? 'trust.proxy is for those who connect to the proxy, not for the proxy itself: leave it out'
          : `trust.proxy is for a terminating proxy in front of Elastic Cloud, which the model ${model} does not have: leave it out, or change model`,
      ],
    ...atProxy.map(
      (peer): Broken | false =>
        trust[peer] !== undefined && [
          `/trust/${peer}`,
          `trust.${peer} does not apply where the proxy stands in front of it: whose certificate is met there is the proxy's, so say trust.proxy`,
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
        'proxy.fleetUrl is required in the model cloud-proxy: where agents reach your proxy to get to Fleet Server, for example https://fleet-proxy.example.com:8220',
      ],
    !cloudProxy &&
      proxy.elasticsearchUrl === undefined && [
        '/proxy/elasticsearchUrl',
        `proxy.elasticsearchUrl is required in the model ${model}: where agents and Fleet Server reach your proxy to get to Elasticsearch, for example https://es-proxy.example.com:9200`,
      ],
    originRule('/proxy/fleetUrl', proxy.fleetUrl),
    originRule('/proxy/elasticsearchUrl', proxy.elasticsearchUrl),
    originRule('/proxy/upstream/fleetUrl', proxy.upstream?.fleetUrl),
    originRule('/proxy/upstream/elasticsearchUrl', proxy.upstream?.elasticsearchUrl),
    ...pastProxyRules(deployment),
  ];
}

/** An output that names Elastic Cloud itself, though the deployment says that a proxy stands in front of it. */
function pastProxyRules({ proxy = {}, outputs = [] }: Deployment): Results {
  const cloud = originOf(proxy.upstream?.elasticsearchUrl ?? '')?.host;
  const way = proxy.elasticsearchUrl ?? 'the address of the proxy';
  return outputs.flatMap(({ hosts = [] }, index) =>
    hosts.map(
      (host, at) =>
        cloud !== undefined &&
        originOf(host)?.host === cloud && [
          `/outputs/${index}/hosts/${at}`,
          `the host ${quote(host)} is Elastic Cloud itself, which ends the connection without asking for a certificate: use ${way}`,
        ],
    ),
  );
}

function originRule(field: string, url: string | undefined): Broken | undefined {
  const problem = url === undefined ? undefined : originProblem(url);
  return problem === undefined ? undefined : [field, `${named(field)} ${problem}`];
}

function named(field: string): string {
  return field.slice(1).replaceAll('/', '.');
}

/** Where mutual TLS ends at servers of one's own. */
function forwardRules({ deployment, os, subject: { profile } }: RuleContext): Results {
  const { model, proxy, agent = {} } = deployment;
  if (proxy === undefined) return [];
  if (proxy.kind !== 'forward')
    return [
      [
        '/proxy',
        `a terminating proxy goes with the models cloud-proxy and on-premises-hosted-elasticsearch, not with ${model}, where mutual TLS ends at your own servers: leave proxy out, or change model`,
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
      'a forward proxy has no variables of its own in a container: leave proxy out and set HTTPS_PROXY or NO_PROXY on the container',
    ],
    fleetUrl === undefined && [
      '/proxy/fleetUrl',
      'proxy.fleetUrl is required for a forward proxy: its own address, for example http://proxy.example.com:3128',
    ],
    problem !== undefined && ['/proxy/fleetUrl', `proxy.fleetUrl ${problem}`],
    agent.proxy !== undefined && [
      '/agent/proxy',
      'agent.proxy and a forward proxy say the same thing: leave out the one or the other',
    ],
    elasticsearchUrl !== undefined && [
      '/proxy/elasticsearchUrl',
      'a forward proxy in front of an output is a proxy object of Fleet (Kibana, Fleet, Settings, Proxies), chosen in the output: leave proxy.elasticsearchUrl out',
    ],
    upstream !== undefined && [
      '/proxy/upstream',
      'upstream belongs to a terminating proxy, which opens connections of its own: leave it out',
    ],
  ];
}

/** What the proxy's own kit needs besides: where to go, and texts that are safe in three configuration languages. */
export const terminatorRules: Rules = ({ deployment, subject, os }) => {
  const front = frontOf(deployment);
  const upstream = upstreamOf(deployment);
  const { directory, keyPassphraseFile, trust = {} } = deployment;
  return [
    os === 'windows' && [
      '/os',
      'os "windows" has no HAProxy and no Envoy: name the system on which the proxy runs, linux, macos or container',
    ],
    keyPassphraseFile !== undefined && [
      '/keyPassphraseFile',
      'keyPassphraseFile cannot be given to a proxy: HAProxy reads no passphrase from a file. Leave it out and use an unencrypted key',
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
      (peer): Broken | false =>
        trust[peer] !== undefined && [
          `/trust/${peer}`,
          `trust.${peer} does not apply to a proxy, which connects to Elastic Cloud alone: leave it out`,
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
        `proxy.${url} is required with proxy.upstream.${url}: where agents reach the proxy`,
      ],
    origin?.named === false && [
      `/proxy/upstream/${url}`,
      `proxy.upstream.${url} must have a host name, not an IP address: Elastic Cloud tells its customers apart by name`,
    ],
  ];
}

/** Two services on one port are told apart by the name that the client says. */
function sharedRule(fleetUrl?: string, elasticsearchUrl?: string): Broken | undefined {
  const [fleet, elasticsearch] = [fleetUrl, elasticsearchUrl].map((url) => url && originOf(url));
  if (!fleet || !elasticsearch || fleet.port !== elasticsearch.port) return undefined;
  if (fleet.named && elasticsearch.named && fleet.host !== elasticsearch.host) return undefined;
  return [
    '/proxy/elasticsearchUrl',
    'proxy.fleetUrl and proxy.elasticsearchUrl cannot be told apart: give each a port or a host name of its own',
  ];
}

function plain(field: string, path: string | undefined): Broken | undefined {
  if (path === undefined || /^[A-Za-z0-9._/+-]*$/.test(path)) return undefined;
  return [
    field,
    `${named(field)} holds characters that not every proxy's configuration can hold: use letters, digits, ".", "_", "-", "+" and "/"`,
  ];
}
