import { HEADER_NAME_FORM } from '../../domain/header-name.ts';
import type { AgentSettings } from '../deployment/fields/agent.ts';
import type { OperatingSystem } from '../deployment/paths.ts';
import { replacedPart } from '../deployment/replaced-part.ts';
import type { Results, RuleContext, Rules, Violation } from '../deployment/rule.ts';
import { PROXY_SCHEMES, urlProblem } from '../deployment/url.ts';
import { serverUrlProblem } from '../deployment/url-port.ts';

/** The rules of `#/deployment/agent`. */
export const agentRules: Rules = (context) => {
  const { agent = {} } = context.deployment;
  return [
    ...accountRules(context, agent),
    ...keyRules(context, agent),
    ...tagRules(context, agent),
    ...containerHeaderRules(context, agent),
    ...headerRules(context.os, '/agent/headers', 'headers', agent.headers),
    ...proxyRules(context, agent),
  ];
};

function accountRules({ os, lacks, deployment }: RuleContext, agent: AgentSettings): Results {
  const { unprivileged = false, fromPackage = false, user, group } = agent;
  const custom = user !== undefined || group !== undefined;
  return [
    fromPackage &&
      os !== undefined &&
      os !== 'linux' && [
        '/agent/fromPackage',
        'fromPackage is about DEB and RPM packages, which are for Linux: leave it out, or set os to "linux"',
      ],
    fromPackage &&
      unprivileged && [
        '/agent/unprivileged',
        'unprivileged does not work with DEB and RPM packages: install the agent from the .tar.gz archive and leave fromPackage out, or leave unprivileged out',
      ],
    unprivileged &&
      os !== 'container' &&
      lacks('unprivileged') && [
        '/agent/unprivileged',
        `unprivileged needs Elastic Agent 8.15.0 or later, and stackVersion is ${deployment.stackVersion}: upgrade, or leave unprivileged out`,
      ],
    custom &&
      os === 'container' && [
        '/agent',
        'user and group do not apply to a container: set the user when you start the container, and container.uid here',
      ],
    custom &&
      os !== 'container' &&
      !unprivileged && [
        '/agent',
        'user and group apply only with "unprivileged": true: add it, or leave them out',
      ],
    custom &&
      lacks('customAccount') && [
        '/agent',
        `user and group need Elastic Agent 8.17.0 or later, and stackVersion is ${deployment.stackVersion}: upgrade, or leave them out`,
      ],
    user !== undefined &&
      os === 'windows' && [
        '/agent/user',
        "user needs the account's password on Windows, which fleetseal must not see: leave user out, and add --user and --password to the command yourself",
      ],
    account(os, '/agent/user', 'user', user),
    account(os, '/agent/group', 'group', group),
  ];
}

function account(os: OperatingSystem | undefined, field: string, name: string, value?: string) {
  const fits = os === 'windows' ? /^[\w.@\\][\w.@\\ -]{0,254}(?<! )$/ : /^[\w.@\\][\w.@\\-]{0,254}$/;
  if (value === undefined || fits.test(value)) return undefined;
  return [
    field,
    `${name} must consist of letters, digits, ".", "_", "-", "@" and "\\", and must not begin with "-"`,
  ] as const;
}

function keyRules({ subject }: RuleContext, agent: AgentSettings): Results {
  return [
    agent.elasticDefend === true &&
      agent.unprivileged === true && [
        '/agent/elasticDefend',
        'Elastic Defend does not run in an unprivileged agent: leave out unprivileged or elasticDefend',
      ],
    agent.fips === true &&
      subject.keyKind === 'ed25519' && [
        '/agent/fips',
        'fips does not go with an Ed25519 key, which only the newest FIPS builds of Elastic Agent accept: use an RSA, P-256, P-384 or P-521 key',
      ],
  ];
}

function tagRules({ os }: RuleContext, agent: AgentSettings): Results {
  return (agent.tags ?? []).map((tag, index) => {
    const what = tag === '' ? 'is empty: leave it out' : valueProblem(os, tag);
    return what !== undefined && [`/agent/tags/${index}`, `the tag ${what}`];
  });
}

/**
 * The agent reads `--tag`, `--header` and `--proxy-header` as lines of CSV, and install passes them to enroll without
 * quotes (install.go), so neither commas nor double quotes survive.
 */
function valueProblem(os: OperatingSystem | undefined, value: string): string | undefined {
  if (/[",]/.test(value))
    return 'holds a comma or a double quote, where Elastic Agent would split it: remove it';
  if (/\p{Cc}/u.test(value)) return 'holds a control character: remove it';
  return os === 'windows' && value.endsWith('\\')
    ? 'ends in a backslash, which PowerShell does not pass on: remove it'
    : undefined;
}

function containerHeaderRules({ os, lacks }: RuleContext, { headers = {} }: AgentSettings): Results {
  return [
    os === 'container' &&
      Object.keys(headers).length > 1 &&
      lacks('containerHeaders') && [
        '/agent/headers',
        'headers may have one header in a container before 9.5.0, whose variable FLEET_HEADER takes no more: upgrade, or leave the others out',
      ],
  ];
}

/** The agent keeps headers as YAML, which it reads at every start (application/config.go, loadFleetFileConfig). */
function replacedProblem(value: string): string | undefined {
  const replaced = replacedPart(value);
  return (
    replaced && `contains "${replaced}", which Elastic Agent replaces at its next start: use another value`
  );
}

function headerRules(
  os: OperatingSystem | undefined,
  field: string,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): Results {
  return Object.entries(headers).map(([key, value]): Violation | undefined => {
    const pointer = `${field}/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`;
    // No name holds "=", so the agent splits at the right place.
    if (!HEADER_NAME_FORM.test(key)) {
      return [pointer, `${name} has an invalid header name: use letters, digits and "-"`];
    }
    const what = valueProblem(os, value) ?? replacedProblem(value);
    return what === undefined ? undefined : [pointer, `the header ${key} ${what}`];
  });
}

function proxyRules({ os }: RuleContext, { proxy }: AgentSettings): Results {
  if (proxy === undefined) return [];
  const { url, headers, disabled } = proxy;
  const problem = url === undefined ? undefined : urlProblem(url, PROXY_SCHEMES, true);
  if (os === 'container' && (url !== undefined || disabled !== undefined || headers !== undefined)) {
    return [
      [
        '/agent/proxy',
        'proxy does not apply to a container, which has no variables for it: leave it out, and set HTTPS_PROXY or NO_PROXY on the container',
      ],
    ];
  }
  return [
    disabled === true &&
      (url !== undefined || headers !== undefined) && [
        '/agent/proxy',
        'proxy cannot be disabled and also have url or headers: leave out one or the other',
      ],
    problem !== undefined && ['/agent/proxy/url', `proxy.url ${problem}`],
    ...headerRules(os, '/agent/proxy/headers', 'proxy.headers', headers),
  ];
}

/** The form of `fleetUrl`, if it is given. @param isRead - whether programs of Elastic connect to it */
export function fleetUrlRule(fleetUrl: string | undefined, isRead: boolean): Violation | false {
  if (fleetUrl === undefined) return false;
  const problem = isRead ? serverUrlProblem(fleetUrl, 'fleetServer') : urlProblem(fleetUrl, ['https:']);
  return problem !== undefined && ['/fleetUrl', `fleetUrl ${problem}`];
}

/** The rules of how the agent reaches Fleet Server. */
export const fleetRules: Rules = ({ deployment: { model, fleetUrl, fleetEnrollmentToken: token } }) => [
  // In that model agents reach the proxy, whose address has a field of its own.
  fleetUrl === undefined &&
    model !== 'cloud-proxy' && [
      '/fleetUrl',
      'fleetUrl is required: the address of Fleet Server, for example https://fleet.example.com:8220',
    ],
  fleetUrlRule(fleetUrl, model !== 'cloud-proxy'),
  token !== undefined &&
    (token.startsWith('fst_')
      ? [
          '/fleetEnrollmentToken',
          "fleetEnrollmentToken is a bootstrap token of fleetseal: copy Fleet's enrollment token from Kibana, Fleet, Enrollment tokens",
        ]
      : !/^[A-Za-z0-9+/_=.:-]{1,512}$/.test(token) && [
          '/fleetEnrollmentToken',
          "fleetEnrollmentToken holds characters that Fleet's tokens never have: copy it again from Kibana, Fleet, Enrollment tokens",
        ]),
];
