import { deploymentSchema } from '../../../shared/elastic/deployment/deployment.ts';
import { wordsBelow } from '../../../shared/elastic/deployment/fields/words.ts';

/** The words for every field of `deployment`, by its place: `.` below an object, `[]` an item. */
export const DEPLOYMENT_FIELDS = wordsBelow(deploymentSchema);
