import { activation } from '../../../shared/elastic/activation.ts';
import { checkDeployment } from '../../../shared/elastic/check-deployment.ts';
import type { KitFile } from '../../../shared/elastic/kit/kit-file.ts';
import { renderKit } from '../../../shared/elastic/render-kit.ts';
import { AppError } from '../../../shared/errors/app-error.ts';
import { EXAMPLES, type Example, GROUPS, REFUSALS, type Refusal } from './examples.ts';
import { INTRODUCTION } from './introduction.ts';
import { anchor, cell, prose, Shown, sections } from './markdown.ts';
import { type Notes, notesOf } from './notes.ts';
import { requestsOf } from './requests.ts';

/** Obviously no certificates: the base64 of what they stand for. */
const pem = (text: string) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(text).toString('base64')}\n-----END CERTIFICATE-----\n`;

export const SAMPLE = {
  certificate: pem('the certificate'),
  issuer: pem('its issuer'),
  roots: pem("fleetseal's root"),
};

/** The text of docs/kits.md. */
export function kitsDocument(): string {
  const rendered = EXAMPLES.map((example) => ({ example, ...kitOf(example) }));
  const notes = notesOf(rendered.map(({ kit }) => kit.notes));
  const shown = new Shown();
  return `${[
    INTRODUCTION,
    '## Examples',
    contents(),
    ...rendered.map((one) => exampleText(one, notes, shown)),
    '## What is refused',
    'These deployments are refused with 422 `deployment_refused`; `errors` names the field, the rule and the way out.',
    ...REFUSALS.map(refusalText),
    '## Notes shared by several examples',
    notes.shared,
  ].join('\n\n')}\n`.replace(/\n{3,}/g, '\n\n');
}

/** The titles of all examples, by group. */
function contents(): string {
  const groups = Object.entries({ ...GROUPS, 'What is refused': REFUSALS });
  return groups
    .map(([group, examples]) => {
      const titles = examples.map(({ title }) => `- [${prose(title)}](#${anchor(title)})`);
      return `**${prose(group)}**\n\n${titles.join('\n')}`;
    })
    .join('\n\n');
}

/** The kit of an example, and the deployment as it was understood. */
export function kitOf({ profile, keyKind = 'rsa', dnsNames, deployment }: Omit<Example, 'title' | 'about'>) {
  const resolved = checkDeployment(deployment, { profile, keyKind, dnsNames });
  const certificate = {
    name: requestsOf({ profile, deployment }).kit.name,
    dnsNames,
    keyKind,
    certificatePem: SAMPLE.certificate,
    chainPem: [SAMPLE.issuer],
    caBundlePem: SAMPLE.roots,
  };
  return {
    resolved,
    kit: renderKit({ deployment: resolved, certificate, revocationUrl: 'http://pki.example.com' }),
  };
}

interface Rendered extends ReturnType<typeof kitOf> {
  readonly example: Example;
}

function exampleText({ example, resolved, kit }: Rendered, notes: Notes, shown: Shown): string {
  const { title, about, profile } = example;
  const { files, notes: ofKit, ...parts } = kit;
  return [
    `## ${prose(title)}`,
    prose(about),
    asked(example),
    ...namesText(example),
    filesText(files),
    sections(parts, title, shown),
    `**${resolved.agent.alreadyEnrolled ? 'When the files come into use' : 'When the certificate is renewed'}:** ${prose(activation({ profile, deployment: resolved }).reason)}`,
    notes.below(ofKit),
  ].join('\n\n');
}

function asked(example: Omit<Example, 'title' | 'about'>): string {
  return `\`\`\`json\n${JSON.stringify(requestsOf(example).kit, null, 2)}\n\`\`\``;
}

/** What token and enrollment say of the names of a server. */
function namesText(example: Example): readonly string[] {
  if (example.dnsNames === undefined) return [];
  const { token, enroll } = requestsOf(example);
  const code = (value: object) => `\`${JSON.stringify(value).slice(1, -1)}\``;
  return [
    `The token has ${code({ names: token.names })}, and the enrollment has ${code({ dnsNames: enroll.dnsNames })}.`,
  ];
}

function filesText(files: readonly KitFile[]): string {
  if (files.length === 0) return 'No files.';
  const rows = files.map(({ path, role, source, mode, owner, group, purpose }) =>
    [`\`${path}\``, role, source, mode ?? '', owner === null ? '' : `${owner}:${group}`, cell(purpose)].join(
      ' | ',
    ),
  );
  const lists = files.flatMap(({ acl }) => acl ?? []);
  const table = `| File | Role | Source | Mode | Owner | Purpose |\n|---|---|---|---|---|---|\n${rows.map((row) => `| ${row} |`).join('\n')}`;
  return lists.length === 0 ? table : `${table}\n\n\`\`\`powershell\n${lists.join('\n')}\n\`\`\``;
}

function refusalText(example: Refusal): string {
  const lines = refusal(() => kitOf(example)).map(
    ({ pointer, detail }) => `- \`${pointer}\`: ${prose(detail)}`,
  );
  return [`### ${prose(example.title)}`, asked(example), lines.join('\n')].join('\n\n');
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
