import { methodsOf } from '../../shared/config/routes.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { edge } from '../../shared/http/api.ts';
import { MethodNotAllowed } from '../../shared/http/problem.ts';

/** Whatever no route serves: 405 where the path exists for other methods, else 404. Reads nothing else. */
export const handler = edge('answer-not-found', async ({ resource }) => {
  const methods = methodsOf(resource);
  if (methods.length > 0) throw new MethodNotAllowed(methods);
  throw new AppError('not_found', 'Nothing exists at this path. GET /v1/openapi.json describes the API.');
});
