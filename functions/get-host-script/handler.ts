import { bootstrapPs1, bootstrapSh, rotatePs1, rotateSh } from '#host-scripts';
import { AppError } from '../../shared/errors/app-error.ts';
import { api } from '../../shared/http/api.ts';
import { cacheable } from '../../shared/http/etag.ts';

/** How long caches may serve a script: as long as `GET /v1/trust`, after which hosts get that of a new version. */
const MAX_AGE_SECONDS = 300;

/** Windows PowerShell 5.1 reads a text without charset as ISO 8859-1. */
const SHELL = 'text/x-shellscript; charset=utf-8';
const POWERSHELL = 'text/x-powershell; charset=utf-8';

const SCRIPTS: Readonly<Record<string, { readonly contentType: string; readonly content: string }>> = {
  '/bootstrap.sh': { contentType: SHELL, content: bootstrapSh() },
  '/rotate.sh': { contentType: SHELL, content: rotateSh() },
  '/bootstrap.ps1': { contentType: POWERSHELL, content: bootstrapPs1() },
  '/rotate.ps1': { contentType: POWERSHELL, content: rotatePs1() },
};

/** `GET /v1/bootstrap.sh` and the other scripts that hosts run; public, and the same for all callers. */
export const handler = api({ name: 'get-host-script', access: 'public' }, async ({ route, header }) => {
  const script = SCRIPTS[route];
  if (script === undefined) throw new AppError('internal', `no script for the route ${route}`);
  return cacheable(script, header('if-none-match'), MAX_AGE_SECONDS);
});
