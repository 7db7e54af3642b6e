import { Command, Option } from '@commander-js/extra-typings';
import { PROFILE_NAMES } from '../../shared/domain/profile.ts';
import type { OpenSession } from '../session.ts';
import { yesOption } from './revocation-options.ts';

export function replacementsCommand(open: OpenSession) {
  return new Command('replacements')
    .description('certificates that are to be renewed ahead of time')
    .addCommand(
      new Command('create')
        .description(
          'have certificates renewed by a time: the hosts spread over it, as each asks when to renew. Of several selectors, all must apply.',
        )
        .option('--issuer <id>', 'certificates of this issuer')
        .addOption(new Option('--profile <profile>', 'certificates of this profile').choices(PROFILE_NAMES))
        .option('--expiring-before <time>', 'certificates that end before this time (RFC 3339)')
        .requiredOption(
          '--by <time>',
          'when all shall have renewed (RFC 3339), or a duration from now, as in 3d',
        )
        .addOption(yesOption())
        .action(async (options) =>
          (await import('../replacements/create.ts')).createReplacement(await open(), options),
        ),
    )
    .addCommand(
      new Command('list')
        .description('list the replacements that are under way')
        .action(async () => (await import('../replacements/list.ts')).listReplacements(await open())),
    )
    .addCommand(
      new Command('cancel')
        .description('end a replacement; what has been renewed stays renewed')
        .argument('<id>', 'id of the replacement')
        .action(async (id) => (await import('../replacements/list.ts')).cancelReplacement(await open(), id)),
    );
}
