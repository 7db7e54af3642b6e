import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliDocument } from './cli/document.ts';
import { costDocument } from './cost/document.ts';
import { deploymentDocument } from './deployment/document.ts';
import { eventsDocument } from './events/document.ts';
import { fleetDocument, recordedFleet } from './fleet/document.ts';
import { fleetPicture } from './fleet/picture.ts';
import { kitsDocument } from './kits/document.ts';
import { libraryDocument } from './library/document.ts';
import { metricsDocument } from './metrics/document.ts';
import { openApiDocument } from './openapi/document.ts';
import { scaleDocument } from './scale/document.ts';
import { settingsDocument } from './settings/document.ts';

/*
 * `npm run docs`: everything that is generated from the code and committed, after the scripts of hosts, which the code
 * imports (hosts/write.ts). The description of the API is also what `get-openapi` serves.
 */
const DOCUMENTS: Readonly<Record<string, () => string>> = {
  'functions/get-openapi/openapi.json': () => `${JSON.stringify(openApiDocument(), null, 2)}\n`,
  'docs/cli.md': cliDocument,
  'docs/cost.md': costDocument,
  'docs/deployment.md': deploymentDocument,
  'docs/events.md': eventsDocument,
  'docs/fleet.md': () => fleetDocument(recordedFleet()),
  'docs/fleet.svg': () => fleetPicture(recordedFleet()),
  'docs/kits.md': kitsDocument,
  'docs/library.md': libraryDocument,
  'docs/metrics.md': metricsDocument,
  'docs/scale.md': scaleDocument,
  'docs/settings.md': settingsDocument,
};

for (const [path, document] of Object.entries(DOCUMENTS))
  writeFileSync(join(import.meta.dirname, '../..', path), document());
