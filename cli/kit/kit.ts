import { pathOf } from '../api/client.ts';
import { certificateView, type KitView, kitView, read } from '../api/views.ts';
import { CommandError } from '../command-error.ts';
import type { Session } from '../session.ts';
import { readDeployment } from './deployment-file.ts';
import { renderKit } from './render.ts';
import { writeFiles } from './write-files.ts';

export interface KitOptions {
  readonly serial?: string | undefined;
  readonly profile?: string | undefined;
  readonly name?: string | undefined;
  readonly keyKind?: string | undefined;
  readonly dns?: readonly string[] | undefined;
  readonly ip?: readonly string[] | undefined;
  readonly deployment?: string | undefined;
  readonly fromHost?: boolean | undefined;
  readonly script?: boolean | undefined;
  readonly out?: string | undefined;
}

/** Shows the kit of a certificate for a deployment, and writes the files that the service can fill; or writes its script. */
export async function showKit(session: Session, options: KitOptions): Promise<void> {
  checkOptions(session, options);
  const { path, call } = await requestOf(session, options);
  if (options.script) {
    session.terminal.write(await session.api.text(path, SCRIPTS, call));
    return;
  }
  const json = await session.api.call(path, call);
  const kit = read(kitView, json);
  const written = options.out === undefined ? undefined : writeFiles(kit.files, options.out);
  session.show(json, () => renderKit(asObject(json), kit, { ...session, written }));
  noteWarnings(session, kit);
}

/** The media types of scripts; which of them it is, the deployment says. */
const SCRIPTS = 'text/x-shellscript, text/x-powershell';

/** @throws CommandError `usage` where one option contradicts another. */
function checkOptions({ json }: Session, options: KitOptions): void {
  const { serial, deployment, fromHost, script, out, profile, name, keyKind, dns, ip } = options;
  const refuse = (reason: string) => {
    throw new CommandError('usage', reason);
  };
  if (script && out !== undefined)
    refuse('--script and --out exclude each other: the script puts the files in place on the host.');
  if (script && json) refuse('--script and --json exclude each other.');
  const future = { '--profile': profile, '--name': name, '--key-kind': keyKind, '--dns': dns, '--ip': ip };
  const [said] = Object.entries(future).find(([, value]) => value !== undefined) ?? [];
  if (serial !== undefined && said !== undefined)
    refuse(`--serial and ${said} exclude each other: ${said} is for a certificate that is not issued yet.`);
  if (deployment === undefined && serial === undefined)
    refuse(
      'A kit needs --deployment <file>, or --serial <serial> of a certificate with a recorded deployment.',
    );
  if (deployment !== undefined && fromHost)
    refuse(
      '--from-host and --deployment exclude each other: --from-host takes the deployment that the host sent.',
    );
}

/** What is asked of the service. */
async function requestOf({ api }: Session, options: KitOptions) {
  const { serial = '', deployment: file, profile, name, fromHost, keyKind, dns, ip } = options;
  const format = options.script ? 'script' : undefined;
  if (file === undefined) {
    const query = { deployment: fromHost ? 'host' : undefined, format };
    return { path: pathOf`/certificates/${serial}/kit`, call: { query } };
  }
  const of = serial === '' ? future(profile, name) : await issued(api, serial);
  const names = { dnsNames: dns, ipAddresses: ip };
  const body = { ...of, ...names, keyKind, format, deployment: readDeployment(file) };
  return { path: '/kits', call: { method: 'POST', body, repeatable: true } as const };
}

function future(profile: string | undefined, name: string | undefined) {
  if (profile !== undefined && name !== undefined) return { profile, name };
  throw new CommandError(
    'usage',
    'Say which certificate the kit is for: --serial <serial>, or --profile and --name of a future one.',
  );
}

async function issued(api: Session['api'], serial: string) {
  const { profile, name, serialNumber } = read(
    certificateView,
    await api.call(pathOf`/certificates/${serial}`),
  );
  return { profile, name, serialNumber };
}

/** Only parts that are objects are shown; `kitView` has checked that it is one. */
function asObject(json: unknown): Readonly<Record<string, unknown>> {
  return { ...(json as Readonly<Record<string, unknown>>) };
}

function noteWarnings({ terminal }: Session, { notes }: KitView): void {
  const warnings = notes.filter(({ severity }) => severity === 'warning').length;
  if (warnings > 0) terminal.note(`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}: see the notes.`);
}
