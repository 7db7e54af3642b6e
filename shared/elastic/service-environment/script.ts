import { serviceVariableMacosSh, serviceVariablePs1, serviceVariableSh } from '#host-scripts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import type { ServiceEnvironment } from '../kit/service-environment.ts';
import { powershellLiteral } from '../syntax/powershell.ts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';

/** The script for the system of the host. On Windows the value has slashes, as the paths of outputs do. */
export function serviceScript({ os, directory }: ResolvedDeployment, name: string): ServiceEnvironment {
  if (os !== 'windows')
    return {
      shell: withVariables(os === 'macos' ? serviceVariableMacosSh() : serviceVariableSh(), {
        name: shellWord(name),
        value: shellWord(directory),
      }),
    };
  return {
    powershell: withVariables(serviceVariablePs1(), {
      $name: powershellLiteral(name),
      $value: powershellLiteral(directory.replaceAll('\\', '/')),
    }),
  };
}

/** The name of the script in the kit, and how to run it. */
export function howToSet({ os }: ResolvedDeployment): string {
  return os === 'windows'
    ? 'serviceEnvironment.powershell as administrator'
    : 'serviceEnvironment.shell as root';
}
