import { OUTPUT_TYPES } from '../deployment/fields/outputs.ts';
import type { Output } from '../deployment/outputs.ts';
import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { secretPlace } from '../files/access.ts';
import { certificateFile, keyFile, passphraseFile, rootsFile, trustFile } from '../files/certificate.ts';
import type { KitPart, KitRequest } from '../kit/kit.ts';
import type { KitFile } from '../kit/kit-file.ts';
import type { Section } from '../kit/section.ts';
import { outputNotes } from './notes.ts';
import { renderOutput, serviceTokenPath } from './render.ts';
import { fileNotes } from './renewal-notes.ts';
import { outputRules } from './rules.ts';

/*
 * Outputs from the side of their clients: profiles agent, fleet-server and output-client.
 *
 * - Renders each output in every form that Elastic takes: Advanced YAML, the output of a standalone agent, kibana.yml,
 *   and the body of Kibana's API with a command.
 * - The form `path` names files that every host has; `inline` puts certificate and key into the policy. The key is not
 *   in the kit: a placeholder stands for it, which a command fills in on the host.
 * - Ids follow from names, so that the same output sent again changes the one that is there.
 * - Which fields Kibana has for `ssl` depends on its version: where it has none, the settings are part of the YAML.
 * - Each type of output is verified by the CA of its peer (trust); the types and their peers are one table.
 */

/** The outputs from the side of their clients: settings for Fleet, Kibana and standalone agents. */
export const outputsSection: Section = {
  profiles: ['agent', 'fleet-server', 'output-client'],
  fields: ['outputs'],
  rules: [outputRules],
  render: renderOutputs,
};

function renderOutputs(request: KitRequest): KitPart {
  const asked = request.deployment.outputs;
  if (asked.length === 0) return {};
  const outputs = asked.map((output) => renderOutput(request, output));
  const main = outputs[asked.findIndex(({ isDefault }) => isDefault)] ?? outputs[0];
  return {
    files: files(request, asked),
    outputs,
    ...(main && { output: { yaml: main.yaml } }),
    notes: [...outputNotes(request, asked), ...fileNotes(request.deployment, asked)],
  };
}

/** A file that another section lists too is the same in both. */
function files({ deployment, certificate }: KitRequest, outputs: readonly Output[]): readonly KitFile[] {
  const peers = new Set(outputs.filter(({ form }) => form === 'path').map(({ type }) => OUTPUT_TYPES[type]));
  const { profile, trust } = deployment;
  const own =
    profile === 'output-client'
      ? [certificateFile(deployment, certificate), keyFile(deployment), passphraseFile(deployment)]
      : [];
  const all: (KitFile | false)[] = [
    ...own,
    [...peers].some((peer) => trust[peer] === 'fleetseal') && rootsFile(deployment, certificate),
    ...[...peers].map((peer) => trustFile(deployment, peer)),
    ...outputs
      .filter(({ type }) => type === 'remote_elasticsearch')
      .map((output) => serviceToken(deployment, output)),
  ];
  return all.filter((file) => file !== false);
}

function serviceToken(deployment: ResolvedDeployment, output: Output): KitFile {
  return {
    ...secretPlace(deployment, serviceTokenPath(deployment, output)),
    role: 'service-token',
    source: 'operator',
    contents: null,
    purpose: `the service token of the remote cluster ${output.name}, needed only where the command is run`,
  };
}
