import { encryptKeyPs1 } from '#host-scripts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { windowsGrants } from '../files/access.ts';
import type { FilePlace } from '../kit/kit-file.ts';
import { powershellWord } from '../syntax/powershell.ts';
import { withVariables } from '../syntax/script.ts';
import { ITERATIONS, LONGEST_PASSPHRASE } from './form.ts';

/** A script for an elevated PowerShell, 5.1 or later: shared/hosts/encrypt-key.ps1. */
export function powershellScript(
  deployment: ResolvedDeployment,
  key: FilePlace,
  passphrase: FilePlace,
): string {
  return withVariables(encryptKeyPs1(), {
    $key: powershellWord(key.path),
    $pass: powershellWord(passphrase.path),
    $grants: `@(${windowsGrants(deployment).map(powershellWord).join(', ')})`,
    $algorithm: deployment.keyKind === 'rsa' ? "'RSA'" : "'ECDsa'",
    $iterations: String(ITERATIONS),
    $longest: String(LONGEST_PASSPHRASE),
  });
}
