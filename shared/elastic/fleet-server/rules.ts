import { isIPv6 } from 'node:net';
import type { Deployment } from '../deployment/deployment.ts';
import { CLIENT_AUTH } from '../deployment/fields/fleet-server.ts';
import {
  elasticsearchUrlOf,
  INTERNAL_PORT,
  keepsListener,
  normalizeFingerprint,
  serviceTokenPathOf,
  showsCertificate,
} from '../deployment/fleet-server.ts';
import { hostProblem } from '../deployment/host.ts';
import { ownPaths } from '../deployment/kit-paths.ts';
import { normalizePath } from '../deployment/paths.ts';
import { isProxied, isSame } from '../deployment/proxy.ts';
import {
  choiceRule,
  pathRule,
  type Results,
  type RuleContext,
  type Rules,
  type Violation,
} from '../deployment/rule.ts';
import { serverNameRule } from '../deployment/server-names.ts';
import { urlProblem } from '../deployment/url.ts';
import { serverUrlProblem } from '../deployment/url-port.ts';

/** The rules of `#/deployment/fleetServer`, and those of a Fleet Server host for other fields. */
export const fleetServerRules: Rules = (context) => [
  ...elasticsearchRules(context),
  ...tokenRules(context),
  ...listenerRules(context),
  ...listenerCertificateRules(context),
  ...keyRules(context),
  ...secretRules(context),
  nameRule(context),
];

function elasticsearchRules({ deployment }: RuleContext): Results {
  const { fleetServer = {}, proxy, model } = deployment;
  const { elasticsearchUrl: url, elasticsearchCaFingerprint: fingerprint } = fleetServer;
  const problem = url === undefined ? undefined : elasticsearchProblem(url, deployment);
  return [
    model === 'on-premises-hosted-elasticsearch' &&
      url !== undefined &&
      proxy?.elasticsearchUrl !== undefined &&
      !isSame(url, proxy.elasticsearchUrl) && [
        '/fleetServer/elasticsearchUrl',
        'fleetServer.elasticsearchUrl differs from proxy.elasticsearchUrl, through which Fleet Server reaches Elasticsearch in this model: leave it out',
      ],
    elasticsearchUrlOf(deployment) === undefined && [
      '/fleetServer/elasticsearchUrl',
      'fleetServer.elasticsearchUrl is required: the address of Elasticsearch, for example https://es.example.com:9200',
    ],
    problem !== undefined && ['/fleetServer/elasticsearchUrl', `fleetServer.elasticsearchUrl ${problem}`],
    fingerprint !== undefined &&
      !/^[0-9a-f]{64}$/.test(normalizeFingerprint(fingerprint) ?? '') && [
        '/fleetServer/elasticsearchCaFingerprint',
        "fleetServer.elasticsearchCaFingerprint must be 64 hex digits, the SHA-256 of Elasticsearch's CA certificate: run openssl x509 -fingerprint -sha256, and give what follows the equals sign",
      ],
  ];
}

/** The port of a terminating proxy is 443 unless it is written. */
function elasticsearchProblem(url: string, deployment: Deployment): string | undefined {
  return isProxied(deployment) ? urlProblem(url, ['https:']) : serverUrlProblem(url, 'elasticsearch');
}

function tokenRules(context: RuleContext): Results {
  const { deployment, os } = context;
  const { serviceTokenPath: path, policyId } = deployment.fleetServer ?? {};
  const own = ownFiles({ deployment, os });
  return [
    // How service tokens begin: a version of four bytes, then "elastic/" (elasticsearch, ServiceAccountToken.java).
    path?.startsWith('AAEAAW')
      ? [
          '/fleetServer/serviceTokenPath',
          'fleetServer.serviceTokenPath is the service token itself: revoke it, write a new one to a file on the host, and give the path of that file',
        ]
      : pathRule(context, 'fleetServer.serviceTokenPath', path, 'service-token'),
    os !== undefined &&
      path !== undefined &&
      own.includes(normalizePath(os, path)) &&
      // Its own default place may be given.
      normalizePath(os, path) !== serviceTokenPathOf({ ...deployment, fleetServer: {} }, os) && [
        '/fleetServer/serviceTokenPath',
        "fleetServer.serviceTokenPath is one of the kit's own files: give the service token a file of its own",
      ],
    policyId !== undefined &&
      !/^[A-Za-z0-9][\w.:-]{0,255}$/.test(policyId) && [
        '/fleetServer/policyId',
        'fleetServer.policyId must be the ID of an agent policy (letters, digits, "_", "-", "." and ":"): copy it from the address of the policy in Kibana, Fleet, Agent policies',
      ],
  ];
}

/** The files that the kit writes for the certificate and its key. */
function ownFiles({ deployment, os }: Pick<RuleContext, 'deployment' | 'os'>): readonly string[] {
  if (os === undefined) return [];
  const { directory, keyPassphraseFile: passphrase } = deployment;
  return [
    ...ownPaths(os, 'fleet-server', directory),
    ...(passphrase === undefined ? [] : [normalizePath(os, passphrase)]),
  ];
}

/** The rules of a listener that keeps a certificate of another CA. */
function listenerCertificateRules(context: RuleContext): Results {
  const { deployment, os } = context;
  const { fleetServer = {}, trust } = deployment;
  const fields = Object.keys(LISTENER_FILES) as readonly (keyof typeof LISTENER_FILES)[];
  const given = fields.filter((field) => fleetServer[field] !== undefined);
  if (given.length === 0) return [];
  const own = ownFiles({ deployment, os });
  return [
    ...(['listenerCertificatePath', 'listenerKeyPath'] as const).map(
      (field): Violation | false =>
        fleetServer[field] === undefined && [
          `/fleetServer/${field}`,
          `fleetServer.${field} is required with ${given.join(' and ')}: Fleet Server needs both certificate and key`,
        ],
    ),
    ...given.map((field): Violation | false => {
      const path = fleetServer[field] ?? '';
      const wrong = pathRule(context, `fleetServer.${field}`, path, LISTENER_FILES[field]);
      if (wrong !== undefined) return wrong;
      return (
        os !== undefined &&
        own.includes(normalizePath(os, path)) && [
          `/fleetServer/${field}`,
          `fleetServer.${field} is one of the kit's own files, so fleetseal's certificate would overwrite the listener's: use another path, or leave it out so that the listener presents fleetseal's certificate`,
        ]
      );
    }),
    (trust?.fleetServer === undefined || trust.fleetServer === 'fleetseal') && [
      '/trust/fleetServer',
      "trust.fleetServer is required with fleetServer.listenerCertificatePath: give the CA of the listener's certificate as pem or path, so that all agents, this host's own among them, can verify it",
    ],
  ];
}

/** Two secrets cannot share a file: the one written last would be read as both. */
function secretRules({ deployment: { fleetServer = {} }, os }: RuleContext): Results {
  const secrets = ['serviceTokenPath', 'listenerKeyPath', 'listenerKeyPassphrasePath'] as const;
  const paths = secrets.map((field) => {
    const path = fleetServer[field];
    return os === undefined || path === undefined ? undefined : normalizePath(os, path);
  });
  return secrets.map((field, i) => {
    const first = secrets[paths.indexOf(paths[i])];
    return (
      paths[i] !== undefined &&
      first !== field && [
        `/fleetServer/${field}`,
        `fleetServer.${field} is the same file as fleetServer.${first}: give each secret a file of its own`,
      ]
    );
  });
}

/** The files of such a listener, each with a name for examples. */
const LISTENER_FILES = {
  listenerCertificatePath: 'listener.crt',
  listenerKeyPath: 'listener.key',
  listenerKeyPassphrasePath: 'listener.pass',
} as const;

function listenerRules({ deployment: { fleetServer = {}, trust } }: RuleContext): Results {
  const { bindHost, port, clientAuth } = fleetServer;
  return [
    bindHost !== undefined &&
      hostProblem(isIPv6(bindHost) ? `[${bindHost}]` : bindHost) !== undefined && [
        '/fleetServer/bindHost',
        'fleetServer.bindHost must be an IP address or a host name of this host, without port or brackets: 0.0.0.0 stands for all of them',
      ],
    port !== undefined &&
      !(Number.isInteger(port) && port >= 1 && port <= 65535) && [
        '/fleetServer/port',
        'fleetServer.port must be a whole number from 1 to 65535',
      ],
    port === INTERNAL_PORT && [
      '/fleetServer/port',
      `fleetServer.port ${INTERNAL_PORT} is where the host's own agent reaches Fleet Server: use another port, usually 8220`,
    ],
    clientAuthRule(clientAuth),
    trust?.fleetServer === 'system' && [
      '/trust/fleetServer',
      'trust.fleetServer cannot be "system" on a Fleet Server host: --certificate-authorities must hold fleetseal\'s roots to verify agents, and replaces the system\'s CAs. Leave it out, or give the CA as pem or path',
    ],
  ];
}

function keyRules({ deployment }: RuleContext): Results {
  return [
    deployment.keyPassphraseFile !== undefined &&
      showsCertificate(deployment) && [
        '/keyPassphraseFile',
        'keyPassphraseFile cannot be used on a Fleet Server host: Elastic Agent has no flag for the passphrase of --fleet-server-es-cert-key. Leave it out and use an unencrypted key, or set fleetServer.elasticsearchClientCertificate to false if Elasticsearch asks for no certificate',
      ],
  ];
}

/** The names in a certificate of another CA are not known here. */
function nameRule({ deployment, subject }: RuleContext): Violation | false {
  const { fleetUrl } = deployment;
  if (fleetUrl === undefined || keepsListener(deployment)) return false;
  return serverNameRule(subject, {
    at: [fleetUrl],
    who: 'agents reach this Fleet Server as',
    fields: 'fleetUrl',
  });
}

/** As Elastic Agent takes it. */
export function clientAuthRule(clientAuth: string | undefined): Violation | false {
  const synonyms = { force: 'required', true: 'required', false: 'none', off: 'none' } as const;
  return choiceRule('/fleetServer/clientAuth', 'fleetServer.clientAuth', clientAuth, CLIENT_AUTH, {
    synonyms,
  });
}
