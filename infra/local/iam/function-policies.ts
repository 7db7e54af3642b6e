import type { Template } from '../template/template.ts';

/** Whether a function's own policy lets a service invoke it for a resource. */
export type MayInvoke = (service: string, functionArn: string, sourceArn: string) => boolean;

/** Reads the functions' resource policies (CloudFormation template reference, AWS::Lambda::Permission). */
export function functionPolicies(template: Template): MayInvoke {
  const grants = template.all('AWS::Lambda::Permission').map(({ properties }) => properties);
  return (service, functionArn, sourceArn) =>
    grants.some(
      ({ Action, FunctionName, Principal, SourceArn }) =>
        Action === 'lambda:InvokeFunction' &&
        Principal === service &&
        (FunctionName === functionArn || functionArn.endsWith(`:function:${String(FunctionName)}`)) &&
        (SourceArn === undefined || matchesGlob(String(SourceArn), sourceArn)),
    );
}

/** Matches an IAM pattern: `*` is any text, including slashes, `?` one character. */
function matchesGlob(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}
