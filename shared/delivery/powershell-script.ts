import { kitPs1 } from '#host-scripts';
import { DEFAULT_DIRECTORIES } from '../elastic/deployment/paths.ts';
import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import { powershellLiteral } from '../elastic/syntax/powershell.ts';
import { type ScriptSubject, titleOf, warningsOf } from './script-subject.ts';

/** What is not ASCII: Windows PowerShell 5.1 reads a script without a byte order mark in the code page of the system. */
const NOT_ASCII = /[^\x20-\x7e]/g;

/**
 * A certificate and its kit as one script of PowerShell that puts every file in place and prints the agent's command, or runs
 * it. Windows reads JSON, so that the script holds the parts of the response that it needs.
 *
 * @param deployment - of the request. @default - the certificate, its key and the roots in the usual directory of Windows
 */
export function powershellScript(subject: ScriptSubject, deployment: ResolvedDeployment | undefined): string {
  const { serialNumber, profile, name, notAfter, certificate, chain, caBundle, kit } = subject;
  const answer = {
    ...{ serialNumber, profile, name, notAfter, certificate, chain, caBundle },
    directory: deployment?.directory ?? DEFAULT_DIRECTORIES.windows,
    passphraseFile: deployment?.keyPassphraseFile,
    warnings: warningsOf(subject),
    kit: kit && {
      files: kit.files,
      elasticAgent: kit.elasticAgent,
      fleetServer: kit.fleetServer,
      serviceEnvironment: kit.serviceEnvironment,
    },
  };
  return [
    '#Requires -Version 5.1',
    `# ${titleOf(subject)}, from fleetseal. See Get-Help.`,
    kitPs1().replace("'@answer@'", () => powershellLiteral(inAscii(JSON.stringify(answer)))),
  ].join('\n');
}

/** JSON with escapes (RFC 8259 section 7). */
function inAscii(json: string): string {
  return json.replace(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
