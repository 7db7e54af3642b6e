import { synthesizeApp } from './synthesize.ts';

/** The entry of the CDK command line; it names the output directory in the environment. */
synthesizeApp({});
