import { join } from 'node:path';

const DIST = join(import.meta.dirname, '..', '..', 'dist');

/** Where the app is synthesized for the tests. */
export const ASSEMBLY = join(DIST, 'test-assembly');

/** CA keys of the local KMS, made once and used by every local cloud of the tests: RSA keys take seconds. */
export const KEY_MATERIAL = join(DIST, 'test-keys');
