import { imageName, resourceName } from '../deployment/cluster-names.ts';
import { CONTAINER_DEFAULTS, type ContainerSettings, RUNTIMES } from '../deployment/fields/container.ts';
import { TRUST_PEERS } from '../deployment/fields/trust.ts';
import {
  choiceRule,
  type Results,
  type RuleContext,
  type Rules,
  type Violation,
} from '../deployment/rule.ts';

/** The rules of `#/deployment/container`. */
export const containerRules: Rules = (context) => {
  const { container } = context.deployment;
  if (container === undefined) return [];
  return [
    context.os !== undefined &&
      context.os !== 'container' && [
        '/container',
        'container applies only with os "container": leave it out, or change os',
      ],
    ...runtimeRules(container),
    ...nameRules(container),
    imageName('/container/image', container.image),
    uidRule(container),
    ...(container.runtime === 'kubernetes' && (context.os ?? 'container') === 'container'
      ? podRules(context)
      : []),
  ];
};

function runtimeRules({ runtime = CONTAINER_DEFAULTS.runtime }: ContainerSettings): Results {
  return [
    choiceRule('/container/runtime', 'runtime', runtime, RUNTIMES, {
      wayOut: '; the variables of "docker" work with every runtime',
    }),
  ];
}

/** The longest that each name may be: RFC 1123 labels, some of which longer names begin with. */
const NAMES = { namespace: 63, workload: 52, tokenSecret: 57 } as const;

function nameRules(container: ContainerSettings): Results {
  return (['namespace', 'workload', 'tokenSecret'] as const).map((field) => {
    const [name, longest] = [container[field], NAMES[field]];
    if (name === undefined) return false;
    if ((container.runtime ?? CONTAINER_DEFAULTS.runtime) === 'docker')
      return [
        `/container/${field}`,
        `${field} is a setting of a cluster and does not apply to docker: leave it out, or set runtime to "kubernetes" or "eck"`,
      ];
    return resourceName(`/container/${field}`, name, longest);
  });
}

/** The rules of pods that get their certificates themselves. */
function podRules({ deployment, subject }: RuleContext): Results {
  const { container, directory, trust = {} } = deployment;
  return [
    subject.profile === 'fleet-server' && [
      '/container/runtime',
      'runtime "kubernetes" is only for agents, since Elastic has no manifest for a Fleet Server: use "eck", or "docker", whose variables work with every runtime',
    ],
    deployment.agent?.alreadyEnrolled === true && [
      '/agent/alreadyEnrolled',
      'alreadyEnrolled does not apply to pods, which get both CAs and the new certificate when you run kubernetes.commands: leave it out, and run them once every server trusts both CAs',
    ],
    container?.image === undefined && [
      '/container/image',
      'image is required with runtime "kubernetes": Elastic\'s images have no openssl. Give one with sh, openssl, curl, cmp and the CAs of the system, with which the pods enroll',
    ],
    directory?.includes(':') === true && [
      '/directory',
      'directory holds a colon, which Kubernetes refuses in a mount path: use a path without',
    ],
    ...TRUST_PEERS.map((peer) => {
      const choice = trust[peer];
      return (
        typeof choice === 'object' &&
        'path' in choice &&
        ([
          `/trust/${peer}/path`,
          `trust.${peer}.path is a file that the pods do not have: give the CA as pem instead`,
        ] as const)
      );
    }),
  ];
}

function uidRule({ uid }: ContainerSettings): Violation | false {
  const fits = uid === undefined || (Number.isInteger(uid) && uid >= 0 && uid < 2 ** 32 - 1);
  return !fits && ['/container/uid', 'uid must be a whole number from 0 to 4294967294'];
}
