import { FILE_ROLES, FILE_SOURCES } from '../../../shared/elastic/files/kit-file.ts';

const SOURCES = Object.entries(FILE_SOURCES).map(
  ([source, { meaning, roles }]) =>
    `| \`${source}\` | ${roles.map((role) => `\`${role}\``).join(', ')} | ${meaning} |`,
);

const ROLES = Object.entries(FILE_ROLES).map(([role, meaning]) => `| \`${role}\` | ${meaning} |`);

/** How docs/kits.md begins: what the page is, and how to send what it shows. */
export const INTRODUCTION = `# Kits by example

Written by \`npm run docs\` from the code; a test fails where it differs.

A kit is what a host needs to use its certificate: files, commands and settings for one deployment. Each example shows the body of \`POST /v1/kits\`, and the kit as an enrollment gets it: without \`serialNumber\`, \`POST /v1/kits\` knows neither the certificate nor its names, and notes say so. \`arguments\` are left out where the same line is shown quoted. Certificates are stand-ins. \`{{...}}\` stands for what the service does not know: \`{{file:/path}}\` is filled in on the host, by the command that is shown with it.

## How to ask

As an administrator, with keys of AWS that may call the API (\`call\` is curl with a signature). For the local cloud of the [README](../README.md):

\`\`\`sh
api=https://localhost:8443/v1
source .fleetseal/admin.env
call() { curl -sS --fail-with-body --cacert .fleetseal/tls/ca.crt --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" "$@"; }
\`\`\`

On AWS, \`api\` is the output \`Url\` of the service stack without the slash at its end, and \`AWS_REGION\` its Region; \`--cacert\` is left out, and keys of a session also need \`-H "x-amz-security-token: $AWS_SESSION_TOKEN"\`.

The kit of an example, saved as \`example.json\`, without issuing anything:

\`\`\`sh
call -H 'content-type: application/json' --data-binary @example.json $api/kits
\`\`\`

To enroll, a host sends \`deployment\` beside \`csr\` and \`name\`, and the answer has the kit as \`kit\`. \`profile\` is left out: it comes with the token. Servers also say the \`dnsNames\` or \`ipAddresses\` by which they are verified, and the token must allow them: the examples show both.

\`\`\`sh
curl -sS --fail-with-body --cacert .fleetseal/tls/ca.crt -H "authorization: Bearer $token" -H 'content-type: application/json' --data-binary @enroll.json $api/enroll
\`\`\`

## How to put the files in place

Every file has a \`role\`, what it is, and a \`source\`, where its contents come from. Only files of source \`kit\` have \`contents\`; the key that the certificate was requested with goes into the file of source \`host-key\`. The [README](../README.md#put-the-files-in-place) has commands that do it.

| Source | Roles | Contents come from |
|---|---|---|
${SOURCES.join('\n')}

| Role | What the file is |
|---|---|
${ROLES.join('\n')}

## How to see a kit again

\`POST /v1/kits\` with \`serialNumber\` records the deployment with the certificate, without its secrets. Certificates, the kit of one for the last deployment that was recorded so, and that for the last one that its host sent with an enrollment, which nobody but the host chose: read it before you use it.

\`\`\`sh
call $api/certificates
call $api/certificates/<serial number>/kit
call "$api/certificates/<serial number>/kit?deployment=host"
\`\`\`
`;
