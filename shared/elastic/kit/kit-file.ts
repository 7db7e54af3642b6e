/**
 * What each file of a kit is (`role`) and where its contents come from (`source`): the closed lists of the API. The kit
 * has the contents of files of source `kit` only, so nothing has to be guessed from contents that are null. To put files
 * in place, write those of `kit`, copy the key that the certificate was requested with to the path of `host-key`, and do
 * for the others what their source says.
 *
 * @example
 * for (const file of kit.files)
 *   if (file.source === 'kit') writeFileSync(file.path, file.contents, { mode });
 *   else if (file.source === 'host-key') copyFileSync(requestedWith, file.path);
 */

/** What a file is, in words for its reader. */
export const FILE_ROLES = {
  certificate: 'The certificate, followed by its issuers.',
  'private-key': 'A private key.',
  'certificate-and-key': 'A private key and its certificate in one file.',
  roots: "fleetseal's roots, which verify what it issues.",
  'peer-ca': 'CA certificates that the deployment gave as PEM.',
  'revocation-list': 'The revocation lists of every CA of fleetseal, PEM.',
  script: 'A script of POSIX sh.',
  configuration: 'A part of the configuration that another part names.',
  passphrase: 'The passphrase of a private key, without a newline at its end.',
  'service-token': 'A service token of Elasticsearch, without a newline at its end.',
  'enrollment-token': "Fleet's enrollment token, as a line for docker run --env-file.",
} as const;

/** Where contents come from, in words for its reader, and the roles that files of the source have. */
export const FILE_SOURCES = {
  kit: {
    meaning: 'The kit: write contents as they are.',
    roles: ['certificate', 'roots', 'peer-ca', 'enrollment-token', 'script', 'configuration'],
  },
  'host-key': {
    meaning: 'The host: the key of its certificate signing request.',
    roles: ['private-key'],
  },
  host: {
    meaning: 'The host: created there as the purpose says, by a script of the kit or from other files.',
    roles: ['passphrase', 'certificate-and-key'],
  },
  service: {
    meaning: 'The service: sent with the enrollment, or fetched from it as the purpose says.',
    roles: ['certificate', 'revocation-list'],
  },
  operator: {
    meaning: 'You: only you have it, so put it in place yourself.',
    roles: ['private-key', 'passphrase', 'service-token'],
  },
} as const satisfies Readonly<
  Record<string, { readonly meaning: string; readonly roles: readonly FileRole[] }>
>;

/** What a file is. */
export type FileRole = keyof typeof FILE_ROLES;

/** Where the contents of a file come from. */
export type FileSource = keyof typeof FILE_SOURCES;

/** The roles that files of a source have. */
type RoleOf<Source extends FileSource> = (typeof FILE_SOURCES)[Source]['roles'][number];

/** Who may read a file. */
export interface FileAccess {
  /** Octal; null on Windows. */
  readonly mode: string | null;
  /** Names or numeric ids; null on Windows. */
  readonly owner: string | null;
  readonly group: string | null;
  /** PowerShell lines that set the access control list; null if the inherited one is right, and on other systems. */
  readonly acl: readonly string[] | null;
}

/** A place on the host. */
export interface FilePlace extends FileAccess {
  readonly path: string;
}

/** What a file is and where its contents come from. */
type FileKind = {
  readonly [Source in FileSource]: {
    readonly role: RoleOf<Source>;
    readonly source: Source;
    readonly contents: Source extends 'kit' ? string : null;
  };
}[FileSource];

/** A file that the host needs. */
export type KitFile = FilePlace & FileKind & { readonly purpose: string };
