import { type UnknownValueOptions, unknownValue } from '../../errors/unknown-value.ts';
import type { Deployment } from './deployment.ts';
import { type OperatingSystem, pathProblem, systemOfPath } from './paths.ts';
import { placeProblem } from './places.ts';
import type { DeploymentSubject } from './subject.ts';
import type { Feature, StackVersion } from './versions.ts';

/** What the rules read. `os` and `version` are undefined if they are missing or cannot be parsed. */
export interface RuleContext {
  readonly deployment: Deployment;
  readonly subject: DeploymentSubject;
  readonly os: OperatingSystem | undefined;
  readonly version: StackVersion | undefined;
  /** Whether the version is known and lacks the feature. */
  readonly lacks: (feature: Feature) => boolean;
}

/** A violated rule: a field below `#/deployment`, or a whole pointer that starts with `#`, and what to do about it. */
export type Violation = readonly [field: string, detail: string];

/** What rules return: false or undefined for each rule that is kept. */
export type Results = readonly (Violation | false | undefined)[];

/** Rules of some fields, in the order of the fields. */
export type Rules = (context: RuleContext) => Results;

/**
 * The rule of a path, if there is one. If the system is missing or unknown, which another rule reports, it is taken from
 * the look of the path.
 *
 * @param name - such as `trust.kafka.path`
 * @param example - the name of a file, if the path is that of a file
 */
export function pathRule(
  context: RuleContext,
  name: string,
  path: string | undefined,
  example?: string,
): Violation | undefined {
  if (path === undefined) return undefined;
  const what =
    pathProblem(context.os ?? systemOfPath(path), path, example) ?? placeProblem(context, path, example);
  return what === undefined ? undefined : [`/${name.replaceAll('.', '/')}`, `${name} ${what}`];
}

/** The rule of a field with a closed list of values, where it is given. @param name - such as `fleetServer.clientAuth` */
export function choiceRule<Value extends string>(
  field: string,
  name: string,
  given: string | undefined,
  known: readonly Value[],
  options?: UnknownValueOptions<Value>,
): Violation | false {
  const isUnknown = given !== undefined && !known.some((value) => value === given);
  return isUnknown && [field, unknownValue(name, given, known, options)];
}
