import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scriptsModule } from './scripts.ts';

/* The first step of `npm run docs`: what the next one imports. */
writeFileSync(join(import.meta.dirname, '../../../shared/hosts/scripts.generated.ts'), scriptsModule());
