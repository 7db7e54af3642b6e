import type { ResolvedDeployment } from '../elastic/deployment/resolved-deployment.ts';
import { issuedShellScript } from './issued-shell-script.ts';
import { powershellScript } from './powershell-script.ts';
import type { Issued } from './render-issued.ts';
import { isScript, type Representation, type Represented, scriptBody } from './representation.ts';

const SCRIPTS = { 'text/x-shellscript': issuedShellScript, 'text/x-powershell': powershellScript } as const;

/**
 * What was issued, in a representation.
 *
 * - `application/pem-certificate-chain`: the certificate, then its issuers (RFC 8555 section 9.1).
 * - `text/x-shellscript` and `text/x-powershell`: a script that puts every file of the kit in place.
 */
export function represent(
  representation: Representation,
  issued: Issued,
  deployment: ResolvedDeployment | undefined,
): Represented {
  if (representation === 'application/json') return { json: issued };
  if (isScript(representation))
    return scriptBody(representation, SCRIPTS[representation](issued, deployment));
  return { text: { contentType: representation, content: [issued.certificate, ...issued.chain].join('') } };
}
