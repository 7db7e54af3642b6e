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
  readonly deployment?: string | undefined;
  readonly fromHost?: boolean | undefined;
  readonly out?: string | undefined;
}

/** Shows the kit of a certificate for a deployment, and writes the files that the service can fill. */
export async function showKit(session: Session, options: KitOptions): Promise<void> {
  const json = await requestKit(session, options);
  const kit = read(kitView, json);
  const written = options.out === undefined ? undefined : writeFiles(kit.files, options.out);
  session.show(json, () => renderKit(asObject(json), kit, { ...session, written }));
  noteWarnings(session, kit);
}

async function requestKit({ api }: Session, options: KitOptions): Promise<unknown> {
  const { serial, deployment: file, profile, name, fromHost, keyKind } = options;
  if (file === undefined) {
    if (serial === undefined)
      throw new CommandError(
        'usage',
        'A kit needs --deployment <file>, or --serial <serial> of a certificate with a recorded deployment.',
      );
    const query = { deployment: fromHost ? 'host' : undefined };
    return api.call(pathOf`/certificates/${serial}/kit`, { query });
  }
  if (fromHost)
    throw new CommandError(
      'usage',
      '--from-host and --deployment exclude each other: --from-host takes the deployment that the host sent.',
    );
  const of = serial === undefined ? future(profile, name) : await issued(api, serial);
  const body = { ...of, keyKind, deployment: readDeployment(file) };
  return api.call('/kits', { method: 'POST', body, repeatable: true });
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
