import { AppError } from '../../shared/errors/app-error.ts';
import { BOOTSTRAP_PS1, BOOTSTRAP_SH, ROTATE_PS1, ROTATE_SH } from '../../shared/hosts/scripts.generated.ts';
import { api } from '../../shared/http/api.ts';
import { cacheable } from '../../shared/http/etag.ts';

/** How long caches may serve a script: as long as `GET /v1/trust`, after which hosts get that of a new version. */
const MAX_AGE_SECONDS = 300;

/** Windows PowerShell 5.1 reads a text without charset as ISO 8859-1. */
const SHELL = 'text/x-shellscript; charset=utf-8';
const POWERSHELL = 'text/x-powershell; charset=utf-8';

const SCRIPTS: Readonly<Record<string, { readonly contentType: string; readonly content: string }>> = {
  '/bootstrap.sh': { contentType: SHELL, content: BOOTSTRAP_SH },
  '/rotate.sh': { contentType: SHELL, content: ROTATE_SH },
  '/bootstrap.ps1': { contentType: POWERSHELL, content: BOOTSTRAP_PS1 },
  '/rotate.ps1': { contentType: POWERSHELL, content: ROTATE_PS1 },
};

/** `GET /v1/bootstrap.sh` and the other scripts that hosts run; public, and the same for all callers. */
export const handler = api({ name: 'get-host-script', access: 'public' }, async ({ route, header }) => {
  const script = SCRIPTS[route];
  if (script === undefined) throw new AppError('internal', `no script for the route ${route}`);
  return cacheable(script, header('if-none-match'), MAX_AGE_SECONDS);
});
