import { hostRules, typeRules } from '../outputs/output-rules.ts';
import { isOutputType } from '../outputs/settings.ts';
import { isProxied } from '../proxy/settings.ts';
import { type Broken, quote, type Results, type RuleContext, type Rules } from '../rule.ts';
import { serverNameRule } from '../server-names.ts';
import { PRODUCTS, productOf } from './products.ts';

/** The rules of `#/deployment/outputs` for the servers that agents write to. */
export const outputServerRules: Rules = (context) => {
  const { outputs = [], trust, directory } = context.deployment;
  return [
    outputs.length === 0 && [
      '/outputs',
      'outputs is required: the type of each server that has the certificate, such as [{ "type": "logstash" }]',
    ],
    ...outputs.flatMap((output, index) => {
      const at = `/outputs/${index}`;
      return [
        ...typeRules(context, output, at),
        ...(output.hosts === undefined ? [] : hostRules(context.deployment, output, at)),
        // One server may be one of several hosts.
        serverNameRule(context.subject, {
          at: output.hosts ?? [],
          who: 'agents reach this server as',
          fields: `outputs[${index}].hosts`,
        }),
        ...keyRules(context, output.type, at),
        onCloud(context, output.type, at),
      ];
    }),
    ...passphraseRules(context),
    trust !== undefined && [
      '/trust',
      "trust does not apply to the certificate of a server, which verifies its clients by fleetseal's roots: leave it out",
    ],
    // Elasticsearch and Logstash put variables of the environment there, and Logstash ends its text.
    directory !== undefined &&
      /\$\{|"/.test(directory) && [
        '/directory',
        `directory ${quote(directory)} holds a double quote or "\${", which settings of Elasticsearch and Logstash read as their own: use a path without`,
      ],
  ];
};

/** Nobody but Elastic sets the listener of Elasticsearch there; a remote one may be anybody's. */
function onCloud({ deployment }: RuleContext, type: string | undefined, at: string): Broken | false {
  return (
    type === 'elasticsearch' &&
    isProxied(deployment) && [
      `${at}/type`,
      `Elasticsearch is on Elastic Cloud in the model ${deployment.model}, where its listener takes no certificate and no settings of yours: ask for the proxy in front of it with a certificate of profile proxy, or for an Elasticsearch of your own in the model on-premises`,
    ]
  );
}

/** The three read PEM keys of RSA and EC only: PemUtils.java, DefaultSslEngineFactory.java, Netty's SslContext.java. */
function keyRules({ subject }: RuleContext, type: string | undefined, at: string): Results {
  if (subject.keyKind !== 'ed25519' || type === undefined || !isOutputType(type)) return [];
  const { title } = PRODUCTS[productOf(type)];
  return [[`${at}/type`, `${title} reads no Ed25519 key from a PEM file: make an RSA, P-256 or P-384 key`]];
}

function passphraseRules({ deployment: { keyPassphraseFile } }: RuleContext): Results {
  return [
    keyPassphraseFile !== undefined && [
      '/keyPassphraseFile',
      'neither Elasticsearch nor Logstash nor Kafka reads a passphrase from a file: leave keyPassphraseFile out and use an unencrypted key that only its service can read',
    ],
  ];
}
