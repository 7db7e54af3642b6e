import { join } from 'node:path';
import { bundleFunctions } from './bundle.ts';
import { composeApp } from './synthesize.ts';

/** The entry of the CDK command line; it names the output directory in the environment. */
composeApp({ bundles: bundleFunctions(join(import.meta.dirname, '..', 'dist')) }).synth();
