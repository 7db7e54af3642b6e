import type { OutputSettings } from '../deployment/fields/outputs.ts';
import type { TrustPeer } from '../deployment/fields/trust.ts';
import { hasOutputsOf, outputId } from '../deployment/outputs.ts';
import type { Results, RuleContext, Rules, Violation } from '../deployment/rule.ts';
import { rulesOfOutput } from './output-rules.ts';

/** The rules of `#/deployment/outputs` for the clients of the outputs. */
export const outputRules: Rules = (context) => {
  const { outputs = [] } = context.deployment;
  return [
    context.subject.profile === 'output-client' &&
      outputs.length === 0 && [
        '/outputs',
        'outputs is required: name at least one output that the certificate is for, with type, name and hosts',
      ],
    ...outputs.flatMap((output, index) => rulesOfOutput(context, output, `/outputs/${index}`)),
    ...together(outputs),
    ...unusedTrust(context),
  ];
};

/** What Kibana requires of all outputs together (kibana, fleet/server/types/models/preconfiguration.ts). */
function together(outputs: readonly OutputSettings[]): Results {
  return [
    ...repeated(outputs, ({ name }) => name).map(
      (index) =>
        [
          `/outputs/${index}/name`,
          'name is that of another output: give each output a different name',
        ] as const,
    ),
    ...repeated(outputs, (output) => (output.name === undefined ? output.id : outputId(output))).map(
      (index) =>
        [`/outputs/${index}/id`, 'id is that of another output: give each output a different id'] as const,
    ),
    ...repeated(outputs, ({ isDefault }) => isDefault || undefined).map(
      (index) =>
        [
          `/outputs/${index}/isDefault`,
          'isDefault is true for another output: only one can be the default',
        ] as const,
    ),
    ...repeated(outputs, ({ isDefaultMonitoring }) => isDefaultMonitoring || undefined).map(
      (index) =>
        [
          `/outputs/${index}/isDefaultMonitoring`,
          'isDefaultMonitoring is true for another output: only one can be the default',
        ] as const,
    ),
  ];
}

/** The indexes of outputs that repeat the value of an earlier one. */
function repeated<T>(outputs: readonly OutputSettings[], value: (output: OutputSettings) => T | undefined) {
  const values = outputs.map(value);
  return values.flatMap((one, index) => (one !== undefined && values.indexOf(one) < index ? [index] : []));
}

/** A CA that verifies no peer. Agents and Fleet Servers connect to Fleet Server and Elasticsearch besides their outputs. */
function unusedTrust({ deployment, subject }: RuleContext): Results {
  const outputsOnly = subject.profile === 'output-client';
  const peers: readonly TrustPeer[] = [
    'logstash',
    'kafka',
    ...(outputsOnly ? (['elasticsearch'] as const) : []),
  ];
  return [
    outputsOnly &&
      deployment.trust?.fleetServer !== undefined && [
        '/trust/fleetServer',
        'trust.fleetServer does not apply to a certificate of profile output-client, which is only for outputs: leave it out',
      ],
    ...peers.map(
      (peer): Violation | false =>
        deployment.trust?.[peer] !== undefined &&
        !hasOutputsOf(deployment, peer) && [
          `/trust/${peer}`,
          `trust.${peer} is for outputs of type ${peer}, but outputs has none: add one, or leave trust.${peer} out`,
        ],
    ),
  ];
}
