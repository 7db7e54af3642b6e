/** A command of docs/cli.md, with what it is for. A test runs them in this order against the local cloud. */
export interface Example {
  readonly says: string;
  readonly command: string;
}

/** A part of the page. */
export interface ExampleGroup {
  readonly title: string;
  readonly examples: readonly Example[];
}

export const EXAMPLES: readonly ExampleGroup[] = [
  {
    title: 'Tokens',
    examples: [
      {
        says: 'One token for twenty hosts. The token is the only thing on standard output, so a script can take it.',
        command:
          'token=$(fleetseal tokens create --profile agent --name "web-*" --uses 20 --description "web tier")',
      },
      {
        says: 'A token for each of fifty hosts, as CSV for the tool that makes them. The file holds secrets.',
        command:
          '(umask 077; fleetseal tokens create --profile agent --name "db-*" --count 50 --csv > tokens.csv)',
      },
      { says: 'Which tokens are left, and for how long.', command: 'fleetseal tokens list --all' },
      {
        says: 'A token can be given whole; only its id is sent.',
        command: 'fleetseal tokens revoke "$token"',
      },
    ],
  },
  {
    title: 'Certificates',
    examples: [
      { says: 'What expires within two weeks.', command: 'fleetseal certificates list --expiring 14d' },
      {
        says: 'The same for a script: names, one in a line.',
        command:
          'fleetseal certificates list --expiring 14d --all --json | node -pe "JSON.parse(fs.readFileSync(0)).items.map((c) => c.name).join(\'\\n\')"',
      },
    ],
  },
  {
    title: 'Rollover',
    examples: [
      { says: 'The issuers, and the slots that are free.', command: 'fleetseal issuers list' },
      {
        says: 'The next issuer takes over, ahead of time. Nothing has to be distributed.',
        command: `fleetseal issuers certify
fleetseal issuers activate issuer-2 --comment "new name constraints"`,
      },
      {
        says: 'The certificates of the issuer before it, renewed within three days instead of a month.',
        command: 'fleetseal replacements create --issuer issuer-1 --by 3d --yes',
      },
      {
        says: 'When a host is to renew now.',
        command: 'fleetseal certificates renewal "$serial"',
      },
      { says: 'The roots, and how many hosts have each.', command: 'fleetseal roots list' },
    ],
  },
  {
    title: 'Revocation',
    examples: [
      {
        says: 'A key was found in a public place. The command shows what it will do and asks; a script confirms with `--yes`. The name is blocked until it is known what happened.',
        command:
          'fleetseal certificates revoke --name lost-01 --reason keyCompromise --comment "found in a repository" --block --yes',
      },
      { says: 'When and by whom that was done.', command: 'fleetseal certificates history "$serial"' },
      { says: 'The name may be used again.', command: 'fleetseal names unblock lost-01 --profile agent' },
      {
        says: 'A key that nobody may use; of a private key, only the hash of its public key is sent.',
        command: 'fleetseal keys block leaked.key --comment "found in a backup" --yes',
      },
    ],
  },
  {
    title: 'Hosts',
    examples: [
      {
        says: 'What a host needs, before it has a certificate.',
        command: `printf '%s\\n' 'model: on-premises' 'stackVersion: 9.5.2' 'os: linux' 'fleetUrl: https://fleet.example.com:8220' \\
  'fleetEnrollmentToken: RXhhbXBsZTpFeGFtcGxl' > deployment.yaml
fleetseal kit --deployment deployment.yaml --profile agent --name web-01`,
      },
      {
        says: 'The same, and the files that it has below a directory.',
        command: 'fleetseal kit --deployment deployment.yaml --profile agent --name web-01 --out host',
      },
      {
        says: 'The same as a script for the host. Before the certificate is issued, it says so, and puts the other files in place.',
        command: 'fleetseal kit --deployment deployment.yaml --profile agent --name web-01 --script > kit.sh',
      },
      {
        says: 'On the host: is everything right, and what to do if not? `$directory` holds its certificate, key and roots.',
        command: 'fleetseal doctor "$directory"',
      },
      {
        says: 'The roots, for verifiers that fleetseal does not configure.',
        command: 'fleetseal trust --pem > roots.crt',
      },
    ],
  },
];
