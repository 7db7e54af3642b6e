import { expect, test } from '@jest/globals';
import { kitOf } from '../../../docs/generate/kits/document.ts';
import { EXAMPLES } from '../../../docs/generate/kits/examples.ts';
import { isBefore, parseStackVersion } from '../../../shared/elastic/deployment/versions.ts';
import { AppError } from '../../../shared/errors/app-error.ts';

/** What a text says of releases of the stack: from or before one. A range of releases is about others. */
const RELEASE = /\b(?:from|before) ([89]\.\d+\.\d+)(?! to )/gi;

const VERSIONS = ['8.16.2', '8.19.5', '8.19.19', '9.0.3', '9.2.1', '9.3.8', '9.4.3', '9.5.2'];

/** The texts of a kit for people, if there is a kit. */
function textsOf(example: (typeof EXAMPLES)[number], stackVersion: string, moved: boolean) {
  const { fleetEnrollmentToken, ...deployment } = example.deployment;
  const agent = { ...deployment.agent, alreadyEnrolled: true };
  const asked = moved ? { ...deployment, agent } : { ...deployment, fleetEnrollmentToken };
  try {
    const { notes, migration } = kitOf({ ...example, deployment: { ...asked, stackVersion } }).kit;
    return [...notes.map(({ message }) => message), ...(migration?.steps ?? []).map(({ detail }) => detail)];
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

const ofTheStack = EXAMPLES.filter(({ deployment }) => deployment.stackVersion !== undefined);

test.each(VERSIONS)('a kit for %s does not say what came with it or earlier', (stackVersion) => {
  const asked = parseStackVersion(stackVersion);
  const said = ofTheStack.flatMap((example) =>
    [false, true].flatMap((moved) => textsOf(example, stackVersion, moved)),
  );
  expect(said.length).toBeGreaterThan(20);
  const reached = said.filter((text) =>
    [...text.matchAll(RELEASE)].some(([, from = '']) => {
      const release = parseStackVersion(from);
      return asked !== undefined && release !== undefined && !isBefore(asked, release);
    }),
  );
  expect([...new Set(reached)]).toEqual([]);
});
