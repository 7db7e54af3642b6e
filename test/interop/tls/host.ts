import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Deployment } from '../../../shared/elastic/deployment/deployment.ts';
import type { Kit } from '../../../shared/elastic/kit/kit.ts';
import type { KitFile } from '../../../shared/elastic/kit/kit-file.ts';
import { placeFiles } from '../../support/place-files.ts';
import type { Issued } from './issue.ts';
import { type KeyForm, PLAIN } from './keys.ts';
import { kitOf } from './kits.ts';

/** The files of a certificate on its host. */
export interface Host {
  readonly issued: Issued;
  readonly directory: string;
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
  /** Undefined where the key is not encrypted. */
  readonly passphrase: string | undefined;
}

interface HostOptions {
  readonly form?: KeyForm;
  /** The certificates of the certificate file. @default - the leaf, then its issuers */
  readonly chain?: readonly string[];
}

/** Writes the files of a certificate that no kit is needed for. */
export function writeHost(directory: string, issued: Issued, options: HostOptions = {}): Host {
  const { form = PLAIN, chain = [issued.certificatePem, ...issued.chainPem] } = options;
  mkdirSync(directory, { recursive: true });
  const path = (name: string) => join(directory, name);
  const files = { key: path(`${issued.profile}.key`), passphrase: path('key.pass') };
  const host = {
    issued,
    directory,
    certificate: path(`${issued.profile}.crt`),
    key: files.key,
    ca: path('ca.crt'),
    passphrase: form.passphrase ? files.passphrase : undefined,
  };
  form.write(issued.privateKey, files);
  writeFileSync(host.certificate, chain.join(''));
  writeFileSync(host.ca, issued.caBundlePem);
  return host;
}

/** A host as its kit says: the kit's files, and the key beside them. @throws AppError where the kit is refused. */
export function writeKitHost(
  directory: string,
  issued: Issued,
  form: KeyForm,
  deployment: Deployment = {},
): { readonly host: Host; readonly kit: Kit } {
  const host = writeHost(directory, issued, { form });
  const passphrase = host.passphrase === undefined ? {} : { keyPassphraseFile: host.passphrase };
  const kit = kitOf({ ...deployment, directory, ...passphrase }, issued);
  for (const file of placeFiles(kit.files)) fillIn(file, file.path);
  return { host, kit };
}

/**
 * What an operator does: a service token is put in place. What the host makes, a script of the kit makes later.
 *
 * @throws Error where an operator would have to give another file.
 */
export function fillIn({ path, role, source }: KitFile, at: string): void {
  if (role === 'service-token') writeFileSync(at, 'a token of Elasticsearch');
  else if (source !== 'host') throw new Error(`nobody has put ${path} in place, a file of role ${role}`);
}

/** Settings of a client that presents the host's certificate. */
export function clientYaml(host: Host): string {
  return stringify({ ssl: identity(host) });
}

/** Settings of a listener as Elastic Agent makes them for Fleet Server with `--fleet-server-client-auth=required`. */
export function serverYaml(host: Host): string {
  return stringify({ ssl: { ...identity(host), client_authentication: 'required' } });
}

function identity({ certificate, key, ca, passphrase }: Host) {
  return {
    certificate_authorities: [ca],
    certificate,
    key,
    ...(passphrase === undefined ? {} : { key_passphrase_path: passphrase }),
  };
}
