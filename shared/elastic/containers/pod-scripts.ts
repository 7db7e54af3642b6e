import { podEnrollSh, podHourlySh, podKeepSh } from '#host-scripts';
import { kitFileNames } from '../deployment/kit-paths.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { KEY_OPTIONS } from '../kubernetes/enroll-script.ts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';

/** Where the containers that enroll find the bootstrap token and the API's address, each in a file. */
export const ACCESS = '/fleetseal/access';

/** Where they find these scripts and the CAs of the deployment. */
export const SETTINGS = '/fleetseal/settings';

/** The scripts, in POSIX sh; each is a file, since `set -e` has no effect in a command that `||` follows. */
export function podScripts(deployment: ResolvedDeployment) {
  const { certificate, key } = kitFileNames(deployment.profile);
  const directory = shellWord(deployment.directory);
  return {
    'keep.sh': withVariables(podKeepSh(), { directory, certificate, key }),
    'enroll.sh': withVariables(podEnrollSh(), {
      directory,
      pair_certificate: certificate,
      pair_key: key,
      key_options: shellWord(KEY_OPTIONS[deployment.keyKind]),
    }),
  };
}

/** Runs keep.sh once an hour, and ends as soon as the pod does. */
export const KEEP_HOURLY = podHourlySh();
