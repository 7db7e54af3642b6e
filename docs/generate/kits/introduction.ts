import { FILE_ROLES, FILE_SOURCES } from '../../../shared/elastic/kit/kit-file.ts';

const SOURCES = Object.entries(FILE_SOURCES).map(
  ([source, { meaning, roles }]) =>
    `| \`${source}\` | ${roles.map((role) => `\`${role}\``).join(', ')} | ${meaning} |`,
);

const ROLES = Object.entries(FILE_ROLES).map(([role, meaning]) => `| \`${role}\` | ${meaning} |`);

/** How docs/kits.md begins: what the page is, and how to send what it shows. */
export const INTRODUCTION = `# Kits by example

\`npm run docs\` generates this page from the code; a test fails if they differ.

A kit is what a host needs to use its certificate: files, commands and settings for one deployment. Each example shows the body of \`POST /v1/kits\` and the kit as an enrollment returns it. (Without \`serialNumber\`, \`POST /v1/kits\` does not know the certificate, nor its names unless the body has \`dnsNames\` or \`ipAddresses\`; notes say so. With names, a server's kit can be tried before its certificate is requested.) \`arguments\` are omitted where the same line is shown quoted. The certificates are placeholders. \`{{...}}\` marks what the service does not know; \`{{file:/path}}\` is filled in on the host, by the command that is shown with it. Long texts do not repeat what the page has shown before: a comment says how many lines are left out, and where they are. So take what you run from a kit of yours.

## How to ask

You need AWS credentials that may call the API as an administrator. \`call\` is curl with a signature. For the local cloud of the [README](../README.md):

\`\`\`sh
api=https://localhost:\${PORT:-8443}/v1
source .fleetseal/admin.env
call() { curl -sS --fail-with-body --cacert .fleetseal/tls/ca.crt --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" "$@"; }
\`\`\`

On AWS, \`api\` is the output \`Url\` of the service stack without its trailing slash, and \`AWS_REGION\` is the stack's Region. Omit \`--cacert\`; temporary credentials also need \`-H "x-amz-security-token: $AWS_SESSION_TOKEN"\`.

To get the kit of an example, saved as \`example.json\`, without issuing anything:

\`\`\`sh
call -H 'content-type: application/json' --data-binary @example.json $api/kits
\`\`\`

To enroll, a host sends \`deployment\` with \`csr\` and \`name\`, and the response has the kit as \`kit\`. It does not send \`profile\`, which comes from the token. Servers also send the \`dnsNames\` or \`ipAddresses\` by which clients verify them, and the token must allow these; the examples show both.

\`\`\`sh
curl -sS --fail-with-body --cacert .fleetseal/tls/ca.crt -H "authorization: Bearer $token" -H 'content-type: application/json' --data-binary @enroll.json $api/enroll
\`\`\`

## How to put the files in place

Every file has a \`role\` (what it is) and a \`source\` (where its contents come from). Only files with source \`kit\` have \`contents\`. The key that the certificate was requested with goes into the file with source \`host-key\`. The [README](../README.md#put-the-files-in-place) has commands that put the files in place.

| Source | Roles | Contents come from |
|---|---|---|
${SOURCES.join('\n')}

| Role | What the file is |
|---|---|
${ROLES.join('\n')}

## How to see a kit again

\`POST /v1/kits\` with the \`profile\`, \`name\` and \`serialNumber\` of a certificate records the \`deployment\`, without its secrets. The first command below lists the certificates. The second renders a kit for the last deployment recorded that way. The third renders it for the last deployment that the host sent with an enrollment; only the host chose what is in it, so read the kit before you use it.

\`\`\`sh
call $api/certificates
call $api/certificates/<serial number>/kit
call "$api/certificates/<serial number>/kit?deployment=host"
\`\`\`

## How to get a script

With \`"format": "script"\` in the body of \`POST /v1/kits\`, or \`?format=script\` after the paths above, the response is a script that puts the files of the kit in place and prints the command for the agent: POSIX sh for Linux, macOS and containers, PowerShell for Windows. (An enrollment returns it if the header Accept is \`text/x-shellscript\` or \`text/x-powershell\`.) The service has no private key, so the script needs it on the host: in its place, or in the file that \`--key\` names.

\`\`\`sh
call -o kit.sh "$api/certificates/<serial number>/kit?format=script"
sudo sh kit.sh --key agent.key
\`\`\`

Without \`serialNumber\`, the script says that the certificate is not issued yet, puts the other files in place, and lists those that are missing. It has all files of the kit, but no other part: settings, API calls and notes are only in the JSON.
`;
