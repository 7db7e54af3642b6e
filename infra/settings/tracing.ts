import * as z from 'zod/mini';
import { about } from './setting.ts';

/** The setting `tracing`. */
export const TRACING = about(
  'Whether X-Ray traces requests. `active`: the stages of both APIs and all functions, those of schedules too; each function may then send traces. At most 5 dollars per million requests and runs, of which X-Ray samples one a second and 5 of 100 of the others. Traces hold addresses and paths, with the names and serial numbers in them, for 30 days.',
  z._default(z.enum(['off', 'active'], 'must be "off" or "active"'), 'off'),
);
