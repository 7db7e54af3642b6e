import { TRUST_PEERS } from './fields/trust.ts';
import { joinPath, normalizePath } from './paths.ts';
import { directoryOf } from './places.ts';
import type { Results, RuleContext, Rules, Violation } from './rule.ts';
import { releasesWith } from './versions.ts';

/** The rules of `#/deployment/directoryVariable`. */
export const variableRules: Rules = (context) => {
  const { deployment, subject, os, lacks } = context;
  const { directoryVariable: name, stackVersion, outputs = [] } = deployment;
  const field = '/directoryVariable';
  if (name === undefined) return [];
  if (os === 'container')
    return [
      [
        field,
        'directoryVariable does not apply to a container: leave it out, and mount the files at one path in all containers of the policy',
      ],
    ];
  return [
    !/^FLEETSEAL_[A-Z0-9_]{1,64}$/.test(name) && [
      field,
      'directoryVariable must be FLEETSEAL_ and 1 to 64 capital letters, digits and "_", for example FLEETSEAL_DIR: other variables, such as PATH and SSL_CERT_DIR, may mean something to the agent',
    ],
    lacks('outputVariables') && [
      field,
      `directoryVariable needs Elastic Agent ${releasesWith('outputVariables')} or later, and stackVersion is ${stackVersion}: before, agents replace no variables in outputs. Upgrade, or leave directoryVariable out and give each system an output and a policy of its own`,
    ],
    subject.profile === 'output-client' &&
      !outputs.some(({ form }) => form === 'path') && [
        field,
        'directoryVariable is for outputs that name files: set form to "path", or leave directoryVariable out',
      ],
    ...pathRules(context),
  ];
};

/** Every path of an output has to begin with the variable, which every system and its service have to take as it is. */
function pathRules({ deployment, subject, os }: RuleContext): Results {
  if (os === undefined) return [];
  const directory = directoryOf(deployment, subject.profile, os);
  const { keyPassphraseFile, trust } = deployment;
  const below = (name: string, path: string | undefined): Violation | false =>
    path !== undefined &&
    !normalizePath(os, path).startsWith(joinPath(os, directory, '')) && [
      `/${name.replaceAll('.', '/')}`,
      `${name} must be below ${directory} with directoryVariable, since it may be elsewhere on other hosts: move the file, or leave directoryVariable out`,
    ];
  return [
    !(os === 'windows' ? /^[A-Za-z0-9/._\\:-]+$/ : /^[A-Za-z0-9/._-]+$/).test(directory) && [
      '/directory',
      'directory must be a plain path with directoryVariable: use only letters, digits, "/", ".", "_" and "-"',
    ],
    below('keyPassphraseFile', keyPassphraseFile),
    // Only flags have that of Fleet Server.
    ...TRUST_PEERS.filter((peer) => peer !== 'fleetServer').map((peer) => {
      const choice = trust?.[peer];
      return below(
        `trust.${peer}.path`,
        typeof choice === 'object' && 'path' in choice ? choice.path : undefined,
      );
    }),
  ];
}
