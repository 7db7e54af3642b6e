import { expect, test } from '@jest/globals';
import type * as z from 'zod/mini';
import type { activationView, kitView } from '../../../docs/generate/openapi/kit-answer.ts';
import type { Activation } from '../../../shared/elastic/activation.ts';
import { deploymentSchema } from '../../../shared/elastic/deployment/deployment.ts';
import { TRUST_PEERS } from '../../../shared/elastic/deployment/fields/trust.ts';
import type { Kit } from '../../../shared/elastic/kit/kit.ts';
import { agree, type Drift } from '../../support/drift.ts';

/*
 * The sections of `shared/elastic` say what a deployment and a kit hold; the schema of requests and the description of
 * answers must say the same. These lines do not compile where they differ: the message names the fields.
 */
agree<Drift<z.infer<typeof kitView>, Kit>>();
agree<Drift<z.infer<typeof activationView>, Activation>>();

// @ts-expect-error a field that one side lacks, or that is of another type, does not compile
agree<Drift<{ readonly a?: string; readonly b: { readonly c: boolean }[] }, { readonly a: string }>>();

test('the schema of a deployment takes each peer whose CA may be named', () => {
  const trust = Object.fromEntries(TRUST_PEERS.map((peer) => [peer, { path: '/ca.crt' }]));
  expect(deploymentSchema.safeParse({ trust }).success).toBe(true);
});
