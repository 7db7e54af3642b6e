import { encryptKeySh } from '#host-scripts';
import type { FilePlace } from '../kit/kit-file.ts';
import { withVariables } from '../syntax/script.ts';
import { shellWord } from '../syntax/shell.ts';
import { ITERATIONS, LONGEST_PASSPHRASE } from './form.ts';

/** A script of POSIX sh, for root: shared/hosts/encrypt-key.sh. Without comments, so that it can be pasted into zsh too. */
export function shellScript(key: FilePlace, passphrase: FilePlace): string {
  return withVariables(encryptKeySh(), {
    key: shellWord(key.path),
    key_owner: shellWord(`${key.owner}:${key.group}`),
    key_mode: shellWord(`${key.mode}`),
    pass: shellWord(passphrase.path),
    pass_owner: shellWord(`${passphrase.owner}:${passphrase.group}`),
    pass_mode: shellWord(`${passphrase.mode}`),
    iterations: String(ITERATIONS),
    longest: String(LONGEST_PASSPHRASE),
  });
}
