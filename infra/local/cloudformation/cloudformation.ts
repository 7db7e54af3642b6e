import { type Answer, AwsError, type AwsService, type Input, type Protocol } from '../service/aws-service.ts';
import type { LocalStacks } from './stacks.ts';

/** The AWS query protocol: a form in, XML out (Smithy specification, "AWS query protocol"). */
const QUERY: Protocol = {
  read(_, body) {
    const { Action: action = '', ...input } = Object.fromEntries(new URLSearchParams(body.toString()));
    return { action, input, body };
  },
  refuse({ code, message }) {
    const name = code.replace(/Exception$/, '');
    return xml(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error></ErrorResponse>`,
      name === 'AccessDenied' ? 403 : 400,
    );
  },
  codeOf: ({ body, status }) => /<Code>(\w+)<\/Code>/.exec(body.toString())?.[1] ?? String(status),
};

/** CloudFormation with the stacks of the template, of which it lists names and states. */
export function cloudFormationService(stacks: LocalStacks): AwsService {
  return {
    name: 'cloudformation',
    protocol: QUERY,
    permissions(action, input) {
      if (action === 'ListStacks')
        return [{ action: 'cloudformation:ListStacks', resource: '*', context: {} }];
      if (action !== 'DescribeStacks')
        throw new AwsError(
          'InvalidAction',
          `the local CloudFormation does not have the operation ${action}; it has DescribeStacks and ListStacks`,
        );
      return [
        { action: 'cloudformation:DescribeStacks', resource: stacks.idOf(find(stacks, input)), context: {} },
      ];
    },
    perform: async ({ action, input }) =>
      action === 'ListStacks'
        ? xml(
            result(
              action,
              'StackSummaries',
              stacks.names.map((name) => described(stacks, name)),
            ),
          )
        : xml(result(action, 'Stacks', [described(stacks, find(stacks, input))])),
  };
}

/** By name or ARN. */
function find({ names, idOf }: LocalStacks, { StackName }: Input): string {
  const name = names.find((one) => one === StackName || idOf(one) === StackName);
  if (name === undefined)
    throw new AwsError('ValidationError', `Stack with id ${String(StackName)} does not exist`);
  return name;
}

function described({ status, idOf }: LocalStacks, name: string): string {
  return `<member><StackName>${name}</StackName><StackId>${idOf(name)}</StackId><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus></member>`;
}

function result(action: string, list: string, members: readonly string[]): string {
  return `<${action}Response><${action}Result><${list}>${members.join('')}</${list}></${action}Result></${action}Response>`;
}

function xml(body: string, status = 200): Answer {
  return { status, body, headers: { 'content-type': 'text/xml' } };
}
