import * as z from 'zod/mini';
import type { Asked } from './asked.ts';
import { number, text } from './field.ts';
import { about } from './words.ts';

/** What may run a container: Docker, Elastic's own manifest, or ECK. */
export const RUNTIMES = ['docker', 'kubernetes', 'eck'] as const;

/** `deployment.container`. */
export const CONTAINER = z.strictObject({
  runtime: text,
  namespace: text,
  workload: text,
  tokenSecret: text,
  image: text,
  uid: number,
});

/** @see CONTAINER */
export type ContainerSettings = Asked<typeof CONTAINER>;

export const CONTAINER_DEFAULTS = { runtime: 'docker' } as const;

/* @__PURE__ */ about(
  CONTAINER,
  () => ({
    runtime: {
      description:
        "What runs the container: Docker, Elastic's own manifests (kubernetes), or ECK's resources.",
      enum: RUNTIMES,
    },
    namespace: {
      description:
        "Namespace of the agents' pods; not for docker. By default kube-system (kubernetes), default (eck).",
      examples: ['kube-system'],
    },
    workload: {
      description:
        'Name of the DaemonSet, or of the resource of kind Agent; not for docker. By default elastic-agent; with eck fleet-server, unless the profile is agent.',
      examples: ['elastic-agent'],
    },
    tokenSecret: {
      description:
        "Secret in the pods' namespace that holds the bootstrap token of this service (token) and the address of the API (url); not for docker. By default fleetseal-token; with eck the Agent's name and -fleetseal-token.",
      examples: ['fleetseal-token'],
    },
    image: {
      description:
        "Image: for docker the agent's, otherwise the one that enrolls, with sh, openssl, curl and sed, and kubectl for eck.",
      examples: ['registry.example.com/tools:1'],
    },
    uid: {
      description:
        'Numeric id of the user that the agent runs as and that owns the key. By default 1000 (docker), 0 (kubernetes, eck).',
      minimum: 0,
      maximum: 2 ** 32 - 2,
      examples: [1000],
    },
  }),
  CONTAINER_DEFAULTS,
);
