import { describe, expect, test } from '@jest/globals';
import { kitOf } from '../../../docs/generate/kits/document.ts';
import { EXAMPLES } from '../../../docs/generate/kits/examples.ts';
import type { Kit } from '../../../shared/elastic/kit/kit.ts';

/** Programs that a system may lack. POSIX has awk and sed, but images of containers may not. */
const PROGRAMS = ['awk', 'curl', 'helm', 'jq', 'kubectl', 'openssl', 'sed'];

/** The commands of a kit that an administrator runs, wherever that is. */
function commandsOf({ kubernetes, outputs = [], fleetSettings, migration }: Kit): readonly string[] {
  return [
    ...(kubernetes?.commands ?? []),
    ...outputs.flatMap(({ kibanaApi, fill }) => [kibanaApi.command, fill]),
    fleetSettings?.proxy?.command,
    fleetSettings?.fleetServerHost.command,
    migration?.agentPolicy?.command,
  ].filter((command) => command !== undefined);
}

/** The programs that lines of sh run: as the first word of a command. */
function programsOf(commands: readonly string[]): readonly string[] {
  const run = (program: string) => new RegExp(`(?:^|[|&;({]|\\$\\(|[A-Z_]+=\\S+) *${program} `, 'm');
  return PROGRAMS.filter((program) => commands.some((command) => run(program).test(command)));
}

describe('the notes of a kit say which programs its commands need', () => {
  test.each(EXAMPLES)('$title', (example) => {
    const { kit } = kitOf(example);
    const notes = kit.notes.map(({ message }) => message).filter((message) => /\bneeds?\b/.test(message));
    // sed and awk are part of every POSIX system.
    const needed = programsOf(commandsOf(kit)).filter((program) => program !== 'sed');
    expect(needed.filter((program) => !notes.some((note) => note.includes(program)))).toEqual([]);
    expect(needed).not.toContain('jq');
  });
});
