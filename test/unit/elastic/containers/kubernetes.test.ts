import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createTokenBody } from '../../../../functions/create-token/request.ts';
import { activation } from '../../../../shared/elastic/activation.ts';
import type { Deployment } from '../../../../shared/elastic/deployment/deployment.ts';
import type { KubernetesParts } from '../../../../shared/elastic/kit/kubernetes-parts.ts';
import { at, listAt, textAt, textsAt } from '../../../support/json.ts';
import { expanded } from '../../../support/kubernetes-expansion.ts';
import { kit, resolved, type Subject } from '../agent/kits.ts';
import { PEM } from '../rendering.ts';

type Container = NonNullable<Deployment['container']>;

const IMAGE = 'registry.example.com/tools:1';

function podKit(deployment: Deployment = {}, container: Container = {}, subject?: Subject) {
  const asked = {
    os: 'container',
    container: { runtime: 'kubernetes', image: IMAGE, ...container },
    ...deployment,
  };
  const { kubernetes, ...others } = kit(asked, subject);
  if (kubernetes === undefined) throw new Error('no part for Kubernetes');
  return { ...others, kubernetes };
}

/** The pod's part of the patch, with containers by their names. */
function podOf({ patches = '' }: KubernetesParts) {
  const { initContainers, containers, volumes } = parse(patches).spec.template.spec;
  const all = [...initContainers, ...containers];
  const named: Record<string, unknown> = Object.fromEntries(all.map((one) => [one.name, one]));
  return { named, order: all.map(({ name }) => name), volumes };
}

const directory = mkdtempSync(join(tmpdir(), 'fleetseal-pods-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the patch of the DaemonSet', () => {
  const { named, order, volumes } = podOf(podKit().kubernetes);

  test('enrolls before the agent starts, and renews beside it', () => {
    expect(order).toEqual(['fleetseal-directory', 'fleetseal-enroll', 'elastic-agent', 'fleetseal-renew']);
    expect(at(named['fleetseal-enroll'], 'command')).toEqual(['/bin/sh', '/fleetseal/settings/keep.sh']);
    expect(listAt(named['fleetseal-renew'], 'command').at(-1)).toContain(
      'sh /fleetseal/settings/keep.sh || :',
    );
  });

  test('keeps key and certificate on the node, where the agent only reads them', () => {
    expect(volumes[0]).toEqual({
      name: 'fleetseal',
      hostPath: { path: '/var/lib/fleetseal/kube-system/elastic-agent', type: 'DirectoryOrCreate' },
    });
    expect(at(named['elastic-agent'], 'volumeMounts')).toEqual([
      { name: 'fleetseal', mountPath: '/etc/fleetseal', readOnly: true },
    ]);
    expect(at(named['fleetseal-enroll'], 'volumeMounts.0')).toEqual({
      name: 'fleetseal',
      mountPath: '/etc/fleetseal',
    });
  });

  test('gives the agent its variables, and Fleet’s token from the Secret in the place of the manifest’s', () => {
    expect(at(named['elastic-agent'], 'env')).toEqual([
      { name: 'FLEET_ENROLL', value: '1' },
      { name: 'FLEET_URL', value: 'https://fleet.example.com:8220' },
      { name: 'FLEET_CA', value: '/etc/fleetseal/ca.crt' },
      { name: 'ELASTIC_AGENT_CERT', value: '/etc/fleetseal/agent.crt' },
      { name: 'ELASTIC_AGENT_CERT_KEY', value: '/etc/fleetseal/agent.key' },
      { name: 'FLEET_INSECURE', value: 'false' },
      {
        name: 'FLEET_ENROLLMENT_TOKEN',
        value: null,
        valueFrom: { secretKeyRef: { name: 'fleetseal-token', key: 'fleet-enrollment-token' } },
      },
    ]);
  });

  test.each(['$(NODE_NAME)', '$$(NODE_NAME)', '$$$(NODE_NAME)', '$x', '$', '$$', '$('])(
    'lets no text refer to another variable: %s',
    (text) => {
      // Two dollar signs in a row are refused in paths, since agents take them for one.
      const directory = `/srv/${text.replace(/^\$+/, '$')}`;
      const pod = podOf(podKit({ agent: { tags: [text] }, stackVersion: '9.0.0', directory }).kubernetes);
      const env = listAt(pod.named['elastic-agent'], 'env');
      const textOf = (name: string) =>
        textAt(
          env.find((variable) => at(variable, 'name') === name),
          'value',
        );
      expect(expanded(textOf('ELASTIC_AGENT_TAGS'))).toBe(text);
      expect(expanded(textOf('ELASTIC_AGENT_CERT'))).toBe(`${directory}/agent.crt`);
      expect(expanded(textAt(pod.named['fleetseal-directory'], 'command.3'))).toBe(directory);
      const probe = textAt(pod.named['elastic-agent'], 'livenessProbe.exec.command.2');
      expect(expanded(probe)).toContain(` '${directory}/agent.crt' `);
    },
  );

  test.each(['fleetseal-enroll', 'fleetseal-renew'])('%s has no privilege beyond its need', (name) => {
    expect(at(named[name], 'securityContext')).toEqual({
      runAsUser: 0,
      runAsGroup: 0,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    // What is mounted there keeps the token of the pod's account out.
    expect(at(named[name], 'volumeMounts')).toContainEqual({
      name: 'fleetseal-nothing',
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      readOnly: true,
    });
    expect(at(named[name], 'image')).toBe(IMAGE);
    expect(at(named[name], 'env.0')).toEqual({
      name: 'NODE_NAME',
      valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } },
    });
  });

  test('shows the enrolling containers the bootstrap token and not Fleet’s', () => {
    expect(volumes.find(({ name }: { name: string }) => name === 'fleetseal-access').secret).toEqual({
      secretName: 'fleetseal-token',
      items: [
        { key: 'token', path: 'token' },
        { key: 'url', path: 'url' },
      ],
      defaultMode: 0o444,
    });
  });

  // Root as well: it could not write, without capabilities, what another uid had before.
  test.each([0, 1000])(
    'gives the directory and what is in it to the user %d that the agent runs as',
    (uid) => {
      const pod = podOf(podKit({}, { uid }).kubernetes);
      expect(pod.order[0]).toBe('fleetseal-directory');
      expect(pod.named['fleetseal-directory']).toMatchObject({
        command: ['chown', '-R', `${uid}:0`, '/etc/fleetseal'],
        securityContext: { runAsUser: 0, capabilities: { drop: ['ALL'], add: ['CHOWN'] } },
      });
      expect(at(pod.named['fleetseal-enroll'], 'securityContext.runAsUser')).toBe(uid);
    },
  );
});

describe('a renewed certificate', () => {
  test.each([
    ['9.4.3', {}, true],
    ['9.5.0', {}, false],
    ['9.5.0', { elasticDefend: true }, true],
    [undefined, {}, true],
  ])('of agent %s %j restarts it: %s', (stackVersion, agent, restarts) => {
    const { named } = podOf(podKit({ stackVersion, agent }).kubernetes);
    expect(at(named['elastic-agent'], 'livenessProbe') !== undefined).toBe(restarts);
    expect(at(named['elastic-agent'], 'lifecycle') !== undefined).toBe(restarts);
  });

  test('is said to need no hand', () => {
    const deployment = resolved({
      os: 'container',
      stackVersion: '9.4.3',
      container: { runtime: 'kubernetes', image: IMAGE },
    });
    const { commands, reason } = activation({ profile: 'agent', deployment });
    expect(commands).toEqual([]);
    expect(reason).toContain(
      'Pods renew automatically, and their liveness probe restarts the agent when it needs it.',
    );
  });

  test.each(['dash', 'bash'])('is noticed by the probe under %s, and only it', (shell) => {
    const { named } = podOf(podKit({ stackVersion: '9.4.3', directory }).kubernetes);
    const onStart = textsAt(named['elastic-agent'], 'lifecycle.postStart.exec.command');
    const probe = textsAt(named['elastic-agent'], 'livenessProbe.exec.command');
    const started = join(directory, 'started');
    const runs = ([, ...args]: readonly string[]) => {
      const here = args.map((text) => text.replace('/tmp/fleetseal-started', started));
      try {
        execFileSync(shell, here, { stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    };
    const certificate = join(directory, 'agent.crt');
    writeFileSync(certificate, '');
    utimesSync(certificate, 1_000, 1_000);
    expect(runs(onStart)).toBe(true);
    expect(runs(probe)).toBe(true);
    utimesSync(certificate, 4_000_000_000, 4_000_000_000);
    expect(runs(probe)).toBe(false);
    runs(onStart);
    utimesSync(certificate, 1_000, 1_000);
    expect(runs(probe)).toBe(true);
  });
});

describe('the ConfigMap', () => {
  test('holds the scripts, and the CAs that the caller gave', () => {
    const { kubernetes } = podKit({
      trust: { fleetServer: { pem: PEM.root }, elasticsearch: { pem: PEM.other } },
    });
    const { metadata, data } = parse(kubernetes.manifests ?? '');
    expect(metadata).toEqual({ name: 'elastic-agent-fleetseal', namespace: 'kube-system' });
    expect(Object.keys(data)).toEqual([
      'keep.sh',
      'enroll.sh',
      'fleet-server-ca.crt',
      'elasticsearch-ca.crt',
    ]);
    expect(data['elasticsearch-ca.crt']).toBe(PEM.other);
  });

  test.each([
    { keyKind: 'rsa', words: "key_options='genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072'\n" },
    { keyKind: 'p384', words: "key_options='genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384'\n" },
    { keyKind: 'ed25519', words: "key_options='genpkey -algorithm ED25519'\n" },
  ] as const)('makes $keyKind keys where they are asked for', ({ keyKind, words }) => {
    const { data } = parse(podKit({}, {}, { keyKind }).kubernetes.manifests ?? '');
    expect(data['enroll.sh']).toContain(words);
  });
});

describe('the commands', () => {
  const named = {
    namespace: 'agents',
    workload: 'my-agent',
    tokenSecret: 'my-token',
  };

  test('come in their order, with the names that the caller gave', () => {
    const { commands, manifests } = podKit({}, named).kubernetes;
    expect(commands.map((line) => line.split('\n')[0])).toEqual([
      '(',
      'kubectl apply --filename=fleetseal-agents.yaml',
      'kubectl patch daemonset my-agent --namespace=agents --type=strategic --patch-file=fleetseal-agents-patch.yaml',
      'kubectl rollout status daemonset/my-agent --namespace=agents --timeout=15m',
    ]);
    expect(commands[0]).toContain('kubectl create secret generic my-token --namespace=agents');
    expect(parse(manifests ?? '').metadata).toEqual({ name: 'my-agent-fleetseal', namespace: 'agents' });
  });

  test('make one Secret of both tokens, which are in no argument', () => {
    const bin = join(directory, 'kubectl');
    // Writes down its arguments, and what the directory of the Secret holds.
    const script = `#!/bin/sh
printf '%s\\n' "$@" >>${directory}/asked
for argument in "$@"; do
  case $argument in --from-file=*) cd "\${argument#--from-file=}" && for name in *; do printf '%s=%s;' "$name" "$(cat "$name")"; done >${directory}/secret ;; esac
done
cat >/dev/null <&0
`;
    writeFileSync(bin, script, { mode: 0o755 });
    const [command = ''] = podKit({ fleetEnrollmentToken: 'Zmx0' }).kubernetes.commands;
    const env = {
      PATH: `${directory}:${process.env['PATH']}`,
      FLEETSEAL_TOKEN: 'fst_secret',
      FLEETSEAL_URL: 'https://api.example.com',
    };
    execFileSync('sh', ['-c', command], { env, input: '' });
    expect(readFileSync(join(directory, 'secret'), 'utf8')).toBe(
      'fleet-enrollment-token=Zmx0;token=fst_secret;url=https://api.example.com;',
    );
    const asked = readFileSync(join(directory, 'asked'), 'utf8');
    expect(asked).not.toMatch(/fst_|Zmx0/);
    expect(asked).toContain('--server-side');
  });

  test.each([
    {
      name: 'no token',
      FLEETSEAL_TOKEN: '',
      FLEETSEAL_URL: 'https://api.example.com',
      says: 'FLEETSEAL_TOKEN',
    },
    { name: 'no address', FLEETSEAL_TOKEN: 'fst_secret', FLEETSEAL_URL: '', says: 'FLEETSEAL_URL' },
  ])('make no Secret with $name in it', ({ says, FLEETSEAL_TOKEN, FLEETSEAL_URL }) => {
    const [command = ''] = podKit().kubernetes.commands;
    // Without kubectl: it would not get so far.
    const env = { PATH: '/usr/bin:/bin', FLEETSEAL_TOKEN, FLEETSEAL_URL };
    const { status, stderr } = spawnSync('sh', ['-c', command], { env, encoding: 'utf8' });
    expect(status).not.toBe(0);
    expect(stderr).toContain(`${says}: is `);
  });

  test('can be read by a shell', () => {
    for (const command of podKit({ directory: "/it's" }).kubernetes.commands)
      execFileSync('sh', ['-n', '-c', command]);
  });
});

describe('the token of the pods', () => {
  const { tokenRequest } = podKit().kubernetes;

  test('is one that the service makes once the networks are filled in', () => {
    expect(tokenRequest).toMatchObject({
      profile: 'agent',
      onExistingName: 'replace',
      expiresIn: 'P365D',
      maxUses: 200,
    });
    expect(createTokenBody.safeParse(tokenRequest).success).toBe(false);
    const filled = { ...tokenRequest, bind: { sourceCidr: ['203.0.113.0/24'] } };
    expect(createTokenBody.safeParse(filled).success).toBe(true);
  });
});

test('Fleet’s variables hold for every runtime, the line of docker for docker alone', () => {
  const { elasticAgent, files } = podKit();
  expect(Object.keys(elasticAgent)).toEqual(['environment']);
  expect(files.map(({ path }) => path).join()).not.toContain('.env');
});

describe('notes on the pods', () => {
  const notes = (deployment: Deployment = {}, container: Container = {}) =>
    Object.fromEntries(podKit(deployment, container).notes.map(({ code, message }) => [code, message]));

  test.each([
    [
      'kubernetes_patch',
      "Save manifests as fleetseal-agents.yaml and patches as fleetseal-agents-patch.yaml. The patch changes the DaemonSet elastic-agent in kube-system, with the container elastic-agent, which you have created from Elastic's manifest. Before you apply that manifest again, remove its FLEET_ variables, or kubectl apply is refused (valueFrom may not be specified when value is not empty).",
    ],
    [
      'kubernetes_files',
      "You do not have to write the files: every pod makes its key on its node, below /var/lib/fleetseal/kube-system/elastic-agent, and enrolls with the node's name. The directory is on the node because a directory of the pod would cost one use of the token for each new pod.",
    ],
    [
      'kubernetes_nodes',
      'A hostPath volume needs the Pod Security level privileged in kube-system, or on OpenShift a security context constraint that allows it. With SELinux, run chcon -Rt svirt_sandbox_file_t /var/lib/fleetseal on every node, or the pods cannot write there. GKE Autopilot and Windows nodes are not supported. container.image must be available for the architecture of every node.',
    ],
    [
      'kubernetes_node_leaves',
      'If a node leaves the cluster and its disk is kept, remove /var/lib/fleetseal/kube-system/elastic-agent from it: it holds a private key.',
    ],
    [
      'kubernetes_token',
      "Create the pods' token with POST /v1/tokens and tokenRequest: allow one use for each node, also for those that join later, such as those of autoscaling, and replace {{EGRESS_CIDR}} with the networks from which the nodes reach the service. Run the first command with the token in FLEETSEAL_TOKEN and the service's address, without a path, in FLEETSEAL_URL.",
    ],
    [
      'kubernetes_token_ends',
      'A token is valid for a year at most. When it has expired or its uses are spent, no new node enrolls; nodes that have a certificate renew it without a token. Create another token before that, and run the first command again: pods read fleetseal-token at the next attempt, without a restart.',
    ],
    [
      'kubernetes_node_names',
      'Compare the names that kubectl get nodes prints with names.commonName of the token: "*" matches no dot, so nodes such as ip-10-0-0-1.eu-central-1.compute.internal need "*.eu-central-1.compute.internal". Two clusters whose nodes have the same names replace each other\'s certificates: use different names, with a pattern for each token, or give each cluster an authority of its own. On a node whose name has more than 64 characters, the pod does not start, and its log gives the reason.',
    ],
    [
      'kubernetes_token_reach',
      'Anyone who can read the Secret fleetseal-token, or run a pod in kube-system, can get a certificate with the name of any node: allow both to administrators only.',
    ],
    [
      'kubernetes_renewal',
      'The container fleetseal-renew checks once an hour whether it is time to renew, and renews with a new key by a proof of the present one, without the token. It enrolls again only where the service does not renew the certificate, as after a revocation; its log gives the reason. Do not give the token a certificateLifetime below PT6H. The agent reads the new files by itself.',
    ],
  ])('%s', (code, words) => {
    expect(notes()[code]).toBe(words);
  });

  test('say that older agents are restarted', () => {
    expect(notes({ stackVersion: '9.4.3' })['kubernetes_renewal']).toContain(
      'The liveness probe then makes the kubelet restart the agent, which reads the files only when it starts.',
    );
  });

  test('say that changed CAs restart no older agent', () => {
    expect(notes({ stackVersion: '9.4.3' })['kubernetes_changed_cas']).toBe(
      'When you change the CAs of trust, they reach the files about an hour after kubectl apply, but only a new certificate restarts the agent: run kubectl rollout restart daemonset/elastic-agent --namespace=kube-system.',
    );
    expect(notes()).not.toHaveProperty('kubernetes_changed_cas');
  });

  const KEEPS =
    ', a container that is already enrolled keeps the paths of its enrollment, since its state outlives it: set FLEET_FORCE to 1 for one start to enroll it again, as a new agent';
  const UNLESS =
    ', unless its variables ELASTIC_AGENT_ID and FLEET_REPLACE_TOKEN are those of its first enrollment';
  test.each([
    ['9.4.2', `With Elastic Agent 9.4.2${KEEPS}${UNLESS}.`],
    ['9.4.3', undefined],
    [undefined, `Before 8.19.17, 9.3.6, 9.4.3 and 9.5.0${KEEPS}${UNLESS} (from 8.19.0 and 9.0.0).`],
  ])('say whether an enrolled container of %s keeps its paths', (stackVersion, words) => {
    expect(notes({ stackVersion })['container_stored_enrollment']).toBe(words);
  });

  test('do not tell to mount what the patch mounts, nor of docker', () => {
    expect(Object.keys(notes()).filter((code) => /^(docker|container_mount)/.test(code))).toEqual([]);
    expect(notes()).toHaveProperty('container_environment_stays');
  });
});
