import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settingsDocument } from './document.ts';

/* Writes docs/settings.md: a part of `npm run docs`. */
writeFileSync(join(import.meta.dirname, '../../../docs/settings.md'), settingsDocument());
