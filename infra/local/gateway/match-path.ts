import type { ApiResource, Match } from './routes.ts';

/**
 * Finds the resource of a path: literal parts before variables, variables before `{proxy+}` (API Gateway developer
 * guide, "Set up a proxy integration with a proxy resource"). The method does not matter, nor do slashes at either end;
 * an empty part inside matches `{proxy+}` only (recorded on AWS by LocalStack's suite,
 * test_lambda_aws_proxy_integration).
 *
 * @param path still encoded, without the stage.
 */
export function matchPath(root: ApiResource, path: string): Match | undefined {
  const trimmed = path.replace(/^\/+|\/+$/g, '');
  return descend(root, trimmed === '' ? [] : trimmed.split('/'), {});
}

function descend(
  node: ApiResource,
  parts: readonly string[],
  parameters: Match['parameters'],
): Match | undefined {
  const [part, ...rest] = parts;
  if (part === undefined)
    return node.path === '/' || node.methods.size > 0 ? { resource: node, parameters } : undefined;
  const literal = node.children.find((child) => child.part === part);
  const variable = part === '' ? undefined : node.children.find((child) => /^\{[^+]+\}$/.test(child.part));
  const greedy = node.children.find((child) => child.part.endsWith('+}'));
  return (
    (literal && descend(literal, rest, parameters)) ??
    (variable && descend(variable, rest, { ...parameters, [variable.part.slice(1, -1)]: part })) ??
    (greedy && {
      resource: greedy,
      parameters: { ...parameters, [greedy.part.slice(1, -2)]: parts.join('/') },
    })
  );
}
