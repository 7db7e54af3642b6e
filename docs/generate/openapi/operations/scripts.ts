import type { Answer, Operations } from '../described-operation.ts';
import { UNCHANGED } from './answers.ts';

function shellScript(name: string): Answer {
  return { description: `${name}.`, mediaType: 'text/x-shellscript', headers: ['ETag'] };
}

function powershellScript(name: string): Answer {
  return { description: `${name}.`, mediaType: 'text/x-powershell', headers: ['ETag'] };
}

/** The operations of the tag `scripts`. */
export const SCRIPTS_OPERATIONS: Operations = {
  'get-host-script /bootstrap.sh': {
    summary: 'Returns the script that enrolls a Linux or macOS host.',
    description:
      'POSIX sh; it needs curl and openssl. It says what it does with --help. Its second line has the version.',
    tag: 'scripts',
    answers: { 200: shellScript('bootstrap.sh'), 304: UNCHANGED },
    codes: [],
  },
  'get-host-script /rotate.sh': {
    summary: 'Returns the script that renews the certificate of a Linux or macOS host.',
    description:
      'POSIX sh; it needs curl and openssl. bootstrap.sh installs it. Its second line has the version.',
    tag: 'scripts',
    answers: { 200: shellScript('rotate.sh'), 304: UNCHANGED },
    codes: [],
  },
  'get-host-script /bootstrap.ps1': {
    summary: 'Returns the script that enrolls a Windows host.',
    description: 'For Windows PowerShell 5.1 and PowerShell 7. Its second line has the version.',
    tag: 'scripts',
    answers: { 200: powershellScript('bootstrap.ps1'), 304: UNCHANGED },
    codes: [],
  },
  'get-host-script /rotate.ps1': {
    summary: 'Returns the script that renews the certificate of a Windows host.',
    description: 'For Windows PowerShell 5.1 and PowerShell 7. Its second line has the version.',
    tag: 'scripts',
    answers: { 200: powershellScript('rotate.ps1'), 304: UNCHANGED },
    codes: [],
  },
};
