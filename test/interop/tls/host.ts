import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
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
  const files = { key: path(`${issued.profile}.key`), passphrase: path('passphrase') };
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

/** An agent's host as its kit says: the kit's files, the key beside them, and the YAML of the default output. */
export function writeKitHost(
  directory: string,
  issued: Issued,
  form: KeyForm,
): Host & { readonly yaml: string } {
  const host = writeHost(directory, issued, { form });
  const deployment = {
    directory,
    ...(host.passphrase === undefined ? {} : { keyPassphraseFile: host.passphrase }),
  };
  // The kit refuses to encrypt an Ed25519 key; the settings are those of any other.
  const refused = form.passphrase && issued.keyKind === 'ed25519';
  const { files, output } = kitOf(deployment, refused ? { ...issued, keyKind: 'rsa' } : issued);
  for (const { path, contents } of files) if (contents !== null) writeFileSync(path, contents);
  if (output === undefined) throw new Error('the kit has no output');
  return { ...host, yaml: output.yaml };
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
