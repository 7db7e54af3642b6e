/** One route of the REST API, below the stage `v1`. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: `/${string}`;
  /** `iam`: SigV4, checked by API Gateway. `public`: no check there; the function does its own, if any. */
  readonly access: 'iam' | 'public';
}

/**
 * Every route of the API, by the function that serves it: a directory under `functions/`. The stack deploys them, and
 * what answers all other requests knows the methods of each path by them.
 */
export const ROUTES = {
  enroll: [{ method: 'POST', path: '/enroll', access: 'public' }],
  'renew-certificate': [{ method: 'POST', path: '/renew', access: 'public' }],
  'confirm-renewal': [{ method: 'POST', path: '/renew/confirm', access: 'public' }],
  'create-token': [
    { method: 'POST', path: '/tokens', access: 'iam' },
    { method: 'POST', path: '/profiles/{profile}/tokens', access: 'iam' },
  ],
  'list-tokens': [{ method: 'GET', path: '/tokens', access: 'iam' }],
  'get-token': [{ method: 'GET', path: '/tokens/{id}', access: 'iam' }],
  'revoke-token': [{ method: 'DELETE', path: '/tokens/{id}', access: 'iam' }],
  'report-compromise': [{ method: 'POST', path: '/revoke', access: 'public' }],
  'list-certificates': [{ method: 'GET', path: '/certificates', access: 'iam' }],
  'get-certificate': [{ method: 'GET', path: '/certificates/{serial}', access: 'iam' }],
  'get-certificate-kit': [{ method: 'GET', path: '/certificates/{serial}/kit', access: 'iam' }],
  'get-certificate-history': [{ method: 'GET', path: '/certificates/{serial}/history', access: 'iam' }],
  'revoke-certificates': [
    { method: 'POST', path: '/certificates/{serial}/revoke', access: 'iam' },
    { method: 'POST', path: '/certificates/revoke', access: 'iam' },
    { method: 'POST', path: '/names/{profile}/{name}/revoke', access: 'iam' },
    { method: 'POST', path: '/tokens/{id}/revoke', access: 'iam' },
  ],
  'list-blocks': [{ method: 'GET', path: '/blocks', access: 'iam' }],
  'block-name': [{ method: 'PUT', path: '/blocks/{profile}/{name}', access: 'iam' }],
  'unblock-name': [{ method: 'DELETE', path: '/blocks/{profile}/{name}', access: 'iam' }],
  'block-key': [{ method: 'POST', path: '/blocks/keys', access: 'iam' }],
  'create-replacement': [{ method: 'POST', path: '/replacements', access: 'iam' }],
  'list-replacements': [{ method: 'GET', path: '/replacements', access: 'iam' }],
  'delete-replacement': [{ method: 'DELETE', path: '/replacements/{id}', access: 'iam' }],
  'get-renewal': [{ method: 'GET', path: '/renewal/{serial}', access: 'public' }],
  'render-kit': [{ method: 'POST', path: '/kits', access: 'iam' }],
  'list-issuers': [{ method: 'GET', path: '/issuers', access: 'iam' }],
  'certify-issuer': [{ method: 'POST', path: '/issuers', access: 'iam' }],
  'install-issuer': [{ method: 'PUT', path: '/issuers/{id}/certificate', access: 'iam' }],
  'change-issuer': [
    { method: 'POST', path: '/issuers/{id}/activate', access: 'iam' },
    { method: 'POST', path: '/issuers/{id}/drain', access: 'iam' },
    { method: 'POST', path: '/issuers/{id}/retire', access: 'iam' },
    { method: 'POST', path: '/issuers/{id}/compromise', access: 'iam' },
  ],
  'get-trust': [
    { method: 'GET', path: '/trust', access: 'public' },
    { method: 'GET', path: '/trust.pem', access: 'public' },
  ],
  'get-host-script': [
    { method: 'GET', path: '/bootstrap.sh', access: 'public' },
    { method: 'GET', path: '/rotate.sh', access: 'public' },
    { method: 'GET', path: '/bootstrap.ps1', access: 'public' },
    { method: 'GET', path: '/rotate.ps1', access: 'public' },
  ],
  'list-roots': [{ method: 'GET', path: '/roots', access: 'iam' }],
  'add-root': [{ method: 'POST', path: '/roots', access: 'iam' }],
  'certify-root': [{ method: 'POST', path: '/roots/{id}/certify', access: 'iam' }],
  'change-root': [
    { method: 'POST', path: '/roots/{id}/acknowledge', access: 'iam' },
    { method: 'POST', path: '/roots/{id}/activate', access: 'iam' },
    { method: 'POST', path: '/roots/{id}/retire', access: 'iam' },
  ],
  'remove-root': [{ method: 'DELETE', path: '/roots/{id}', access: 'iam' }],
  'get-openapi': [{ method: 'GET', path: '/openapi.json', access: 'public' }],
} as const satisfies Readonly<Record<string, readonly Route[]>>;

/** The methods that a path of the API has, in alphabetical order; none where there is no such path. */
export function methodsOf(path: string): readonly Route['method'][] {
  const routes: readonly Route[] = Object.values(ROUTES).flat();
  return routes
    .filter((route) => route.path === path)
    .map(({ method }) => method)
    .sort();
}
