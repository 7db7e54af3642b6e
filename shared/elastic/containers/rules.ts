import { type Broken, quote, type Rules } from '../rule.ts';
import { type ContainerSettings, isRuntime, RUNTIMES } from './settings.ts';

/** The rules of `#/deployment/container`. */
export const containerRules: Rules = ({ deployment: { container }, os }) => {
  if (container === undefined) return [];
  return [
    os !== undefined &&
      os !== 'container' && ['/container', 'container goes with os "container": leave it out, or change os'],
    ...runtimeRules(container),
    ...nameRules(container),
    imageRule(container),
    uidRule(container),
  ];
};

type Results = readonly (Broken | false)[];

function runtimeRules({ runtime = 'docker' }: ContainerSettings): Results {
  return [
    !isRuntime(runtime) && [
      '/container/runtime',
      `runtime ${quote(runtime)} is not known: use one of ${RUNTIMES.join(', ')}; the variables of "docker" hold for every runtime`,
    ],
    runtime === 'kubernetes' && [
      '/container/runtime',
      'runtime "kubernetes" is not served yet: use "docker", whose variables hold for every runtime',
    ],
  ];
}

/** The longest that a name may be: RFC 1123 labels, of which some are the beginning of others. */
const NAMES = { namespace: 63, workload: 52, tokenSecret: 57 } as const;

function nameRules(container: ContainerSettings): Results {
  return (['namespace', 'workload', 'tokenSecret'] as const).map((field) => {
    const [name, longest] = [container[field], NAMES[field]];
    if (name === undefined) return false;
    if ((container.runtime ?? 'docker') === 'docker')
      return [
        `/container/${field}`,
        `${field} is of a cluster and does not apply to docker: leave it out, or set runtime to "kubernetes" or "eck"`,
      ];
    return (
      !(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) && name.length <= longest) && [
        `/container/${field}`,
        `${field} must be a Kubernetes name of 1 to ${longest} lower-case letters, digits and hyphens, with a letter or digit at both ends`,
      ]
    );
  });
}

/** `registry:port/path:tag@digest`, in the characters that the OCI distribution specification allows. */
function imageRule({ image }: ContainerSettings): Broken | false {
  const fits = image === undefined || (/^[a-z0-9][A-Za-z0-9._:/@-]*$/.test(image) && image.length <= 512);
  return !fits && ['/container/image', 'image must be the name of an image: registry.example.com/name:tag'];
}

function uidRule({ uid }: ContainerSettings): Broken | false {
  const fits = uid === undefined || (Number.isInteger(uid) && uid >= 0 && uid < 2 ** 32 - 1);
  return !fits && ['/container/uid', 'uid must be a whole number from 0 to 4294967294'];
}
