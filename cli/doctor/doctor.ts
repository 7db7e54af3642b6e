import { type Connection, type GlobalOptions, readConnection } from '../api/connection.ts';
import { CommandError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';
import { checkAccess } from './checks/access.ts';
import { checkPurpose, checkValidity } from './checks/certificate.ts';
import { checkChain } from './checks/chain.ts';
import { checkFleetServer } from './checks/fleet-server.ts';
import { checkKey } from './checks/key.ts';
import { checkRevocation } from './checks/revocation.ts';
import { checkSelinux } from './checks/selinux.ts';
import { checkService } from './checks/service.ts';
import { checkStackVersion } from './checks/stack-version.ts';
import { type Finding, skipped } from './finding.ts';
import { type DoctorOptions, readSubject } from './read-subject.ts';
import { renderFindings } from './render.ts';
import type { Subject } from './subject.ts';

/**
 * Looks at what a host needs to use its certificate, and says of each thing whether it is right and what to do if not.
 * Changes nothing. Needs no credentials: it asks the service for public things only.
 *
 * @throws CommandError `failed` where a check failed.
 */
export async function examine(
  terminal: Terminal,
  globals: GlobalOptions,
  directory: string | undefined,
  options: DoctorOptions,
): Promise<void> {
  const subject = readSubject(directory, options, terminal.now());
  const connection = options.offline ? undefined : connectionIfKnown(globals, terminal);
  terminal.progress('Looking at the host and its peers');
  const findings = [
    ...checkFiles(subject),
    ...(options.offline ? offline() : await checkPeers(subject, connection, terminal)),
  ];
  terminal.progress('');
  terminal.write(
    globals.json
      ? `${JSON.stringify({ findings, summary: countOf(findings) }, null, 2)}\n`
      : renderFindings(findings, countOf(findings), terminal),
  );
  const { failed } = countOf(findings);
  if (failed > 0) throw new CommandError('failed', `${failed} ${failed === 1 ? 'check' : 'checks'} failed.`);
}

function checkFiles(subject: Subject): readonly Finding[] {
  return [
    checkChain,
    checkValidity,
    checkPurpose,
    checkKey,
    checkAccess,
    checkSelinux,
    checkStackVersion,
  ].flatMap((check) => check(subject));
}

async function checkPeers(
  subject: Subject,
  connection: Connection | undefined,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const all = [
    checkService(subject, connection, terminal),
    checkFleetServer(subject),
    checkRevocation(subject),
  ];
  return (await Promise.all(all)).flat();
}

function offline(): readonly Finding[] {
  return [skipped('peers', 'Service, Fleet Server and revocation are not asked: --offline.')];
}

/** Without an address the rest is still worth looking at. */
function connectionIfKnown(globals: GlobalOptions, { env }: Terminal): Connection | undefined {
  return globals.local || globals.url || env['FLEETSEAL_URL'] ? readConnection(globals, env) : undefined;
}

function countOf(findings: readonly Finding[]): Readonly<Record<Finding['status'], number>> {
  const count = (status: Finding['status']) => findings.filter((each) => each.status === status).length;
  return { ok: count('ok'), warning: count('warning'), failed: count('failed'), skipped: count('skipped') };
}
