import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { kitsDocument } from './document.ts';

/* Writes docs/kits.md: a part of `npm run docs`. */
writeFileSync(join(import.meta.dirname, '../../../docs/kits.md'), kitsDocument());
