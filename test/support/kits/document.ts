import type { ProfileName } from '../../../shared/domain/profile.ts';
import { activation } from '../../../shared/elastic/activation.ts';
import { checkDeployment } from '../../../shared/elastic/deployment.ts';
import { type KitFile, renderKit } from '../../../shared/elastic/kit.ts';
import { isEnrolled } from '../../../shared/elastic/migration/move.ts';
import type { Note } from '../../../shared/elastic/note.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { EXAMPLES, type Example, REFUSALS, type Refusal } from './examples.ts';
import { cell, type Shown, sections } from './markdown.ts';

/** Obviously no certificates: the base64 of what they stand for. */
const pem = (text: string) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(text).toString('base64')}\n-----END CERTIFICATE-----\n`;

const SAMPLE = {
  certificate: pem('the certificate'),
  issuer: pem('its issuer'),
  roots: pem("fleetseal's root"),
};

const NAMES: Readonly<Record<ProfileName, string>> = {
  agent: 'web-01',
  'fleet-server': 'fleet-01',
  'output-client': 'web-tier',
  'output-server': 'logstash-01',
  proxy: 'proxy-01',
  'eck-metrics': 'elastic-operator',
};

const INTRODUCTION = `# Kits by example

Written by \`npm run docs\` from the code; a test fails where it differs.

What \`POST /v1/enroll\` answers as \`kit\`, and \`POST /v1/kits\` without issuing anything, for some deployments. \`arguments\` are left out where the same line is shown quoted. Certificates are stand-ins. \`{{...}}\` stands for what the service does not know: \`{{file:/path}}\` is filled in on the host, by the command that is shown with it.
`;

/** The text of docs/kits.md. */
export function kitsDocument(): string {
  const titles = [...EXAMPLES, ...REFUSALS].map(({ title }) => `- [${title}](#${anchor(title)})`);
  const shown: Shown = new Map();
  return `${[
    INTRODUCTION,
    titles.join('\n'),
    ...EXAMPLES.map((example) => exampleText(example, shown)),
    '## What is refused',
    'These deployments get 422 `deployment_refused`; `errors` names the field, the rule and the way out.',
    ...REFUSALS.map(refusalText),
  ].join('\n\n')}\n`.replace(/\n{3,}/g, '\n\n');
}

function exampleText(
  { title, about, profile, keyKind = 'rsa', dnsNames, deployment }: Example,
  shown: Shown,
) {
  const resolved = checkDeployment(deployment, { profile, keyKind, dnsNames });
  const { files, notes, ...parts } = renderKit({
    deployment: resolved,
    certificate: {
      name: NAMES[profile],
      dnsNames,
      keyKind,
      certificatePem: SAMPLE.certificate,
      chainPem: [SAMPLE.issuer],
      caBundlePem: SAMPLE.roots,
    },
  });
  return [
    `## ${title}`,
    about,
    asked(profile, deployment),
    filesText(files),
    sections(parts, title, shown),
    `**${isEnrolled(resolved) ? 'When the files come into use' : 'When the certificate is renewed'}:** ${activation({ profile, deployment: resolved }).reason}`,
    notesText(notes),
  ].join('\n\n');
}

function asked(profile: ProfileName, deployment: object): string {
  return `\`\`\`json\n${JSON.stringify({ profile, name: NAMES[profile], deployment }, null, 2)}\n\`\`\``;
}

function filesText(files: readonly KitFile[]): string {
  if (files.length === 0) return 'No files.';
  const rows = files.map(({ path, mode, owner, group, contents, purpose }) =>
    [
      `\`${path}\``,
      mode ?? '',
      owner === null ? '' : `${owner}:${group}`,
      contentsOf(contents),
      cell(purpose),
    ].join(' | '),
  );
  const lists = files.flatMap(({ acl }) => acl ?? []);
  const table = `| File | Mode | Owner | Contents | Purpose |\n|---|---|---|---|---|\n${rows.map((row) => `| ${row} |`).join('\n')}`;
  return lists.length === 0 ? table : `${table}\n\n\`\`\`powershell\n${lists.join('\n')}\n\`\`\``;
}

/** What a file holds, in words. */
function contentsOf(contents: string | null): string {
  if (contents === null) return 'from the host';
  const known = Object.entries(SAMPLE).filter(([, text]) => contents.includes(text));
  const rest = known.reduce((left, [, text]) => left.replaceAll(text, ''), contents);
  const names = known.map(([name]) => name);
  return [...names, ...(rest === '' ? [] : ['as asked'])].join(' + ');
}

function notesText(notes: readonly Note[]): string {
  const lines = notes.map(
    ({ code, severity, message, source }) =>
      `- ${severity === 'warning' ? '**warning** ' : ''}\`${code}\`: ${message} *(${source})*`,
  );
  return `Notes:\n\n${lines.join('\n')}`;
}

function refusalText({ title, profile, keyKind = 'rsa', deployment }: Refusal): string {
  const errors = refusal(() => checkDeployment(deployment, { profile, keyKind }));
  const lines = errors.map(({ pointer, detail }) => `- \`${pointer}\`: ${detail}`);
  return [`### ${title}`, asked(profile, deployment), lines.join('\n')].join('\n\n');
}

function refusal(check: () => unknown) {
  try {
    check();
  } catch (error) {
    if (error instanceof AppError) return error.errors;
    throw error;
  }
  throw new Error('the deployment was not refused');
}

/** As GitHub makes it of a heading. */
function anchor(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');
}
