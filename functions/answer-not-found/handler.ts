import { AppError } from '../../shared/errors/app-error.ts';
import { edge } from '../../shared/http/api.ts';
import { MethodNotAllowed } from '../../shared/http/problem.ts';
import { METHODS } from './methods.ts';

/** Whatever no route serves: 405 where the path exists for other methods, else 404. Reads nothing else. */
export const handler = edge('answer-not-found', async ({ resource }) => {
  const methods = Object.hasOwn(METHODS, resource) ? METHODS[resource] : undefined;
  if (methods) throw new MethodNotAllowed(methods);
  throw new AppError(
    'not_found',
    'There is nothing at this path. GET /v1/openapi.json describes what there is.',
  );
});
