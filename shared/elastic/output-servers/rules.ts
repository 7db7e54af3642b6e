import { quote } from '../../errors/excerpt.ts';
import type { OutputSettings } from '../deployment/fields/outputs.ts';
import { isOutputType } from '../deployment/outputs.ts';
import { isProxied } from '../deployment/proxy.ts';
import type { Results, RuleContext, Rules, Violation } from '../deployment/rule.ts';
import { serverNameRule } from '../deployment/server-names.ts';
import { hostRules, typeRules } from '../outputs/output-rules.ts';
import { PRODUCTS, productOf } from './products.ts';

/** The rules of `#/deployment/outputs` for the servers that agents write to. */
export const outputServerRules: Rules = (context) => {
  const { outputs = [], trust, directory } = context.deployment;
  return [
    outputs.length === 0 && [
      '/outputs',
      'outputs is required: give the type of each server that uses the certificate, such as [{ "type": "logstash" }]',
    ],
    ...outputs.flatMap((output, index) => {
      const at = `/outputs/${index}`;
      return [
        ...typeRules(context, output, at),
        ...(output.hosts === undefined ? [] : hostRules(context.deployment, output, at)),
        // The server may be any one of the hosts.
        serverNameRule(context.subject, {
          at: output.hosts ?? [],
          who: 'agents reach this server as',
          fields: `outputs[${index}].hosts`,
        }),
        ...keyRules(context, output.type, at),
        onCloud(context, output.type, at),
        besideElasticsearch(outputs, output.type, at),
      ];
    }),
    ...passphraseRules(context),
    trust !== undefined && [
      '/trust',
      "trust does not apply to the certificate of a server, which verifies its clients with fleetseal's roots: leave it out",
    ],
    // A quote ends the string in Logstash; variables are refused in every path.
    directory?.includes('"') && [
      '/directory',
      `directory ${quote(directory)} contains a double quote, which ends a text in the settings of Logstash: use a path without it`,
    ],
  ];
};

/** On Elastic Cloud only Elastic configures the listener of Elasticsearch; a remote cluster may be anywhere. */
function onCloud({ deployment }: RuleContext, type: string | undefined, at: string): Violation | false {
  return (
    type === 'elasticsearch' &&
    isProxied(deployment) && [
      `${at}/type`,
      `Elasticsearch is on Elastic Cloud in the model ${deployment.model}, where you cannot set its certificate or its settings: request a certificate of profile proxy for the proxy in front of it, or use the model on-premises for your own Elasticsearch`,
    ]
  );
}

/** Packages give that directory to root and the group elasticsearch, with mode 2750: no other account enters it. */
function besideElasticsearch(
  outputs: readonly OutputSettings[],
  type: string | undefined,
  at: string,
): Violation | false {
  if (type === undefined || !isOutputType(type) || productOf(type) === 'elasticsearch') return false;
  return (
    outputs.some((other) => other.type?.endsWith('elasticsearch')) && [
      `${at}/type`,
      `Elasticsearch reads certificates only below its own configuration directory, where the account of ${PRODUCTS[productOf(type)].title} cannot go: request a kit for each of the two servers`,
    ]
  );
}

/** The three read PEM keys of RSA and EC only: PemUtils.java, DefaultSslEngineFactory.java, Netty's SslContext.java. */
function keyRules({ subject }: RuleContext, type: string | undefined, at: string): Results {
  if (subject.keyKind !== 'ed25519' || type === undefined || !isOutputType(type)) return [];
  const { title } = PRODUCTS[productOf(type)];
  return [
    [`${at}/type`, `${title} cannot read an Ed25519 key from a PEM file: use an RSA, P-256 or P-384 key`],
  ];
}

function passphraseRules({ deployment: { keyPassphraseFile } }: RuleContext): Results {
  return [
    keyPassphraseFile !== undefined && [
      '/keyPassphraseFile',
      'Elasticsearch, Logstash and Kafka cannot read a passphrase from a file: leave keyPassphraseFile out and use an unencrypted key that only its service can read',
    ],
  ];
}
