import * as z from 'zod/mini';
import { paging } from '../../shared/http/contract/paging.ts';

/** The query of `GET /v1/blocks`. */
export const listBlocksQuery = z.strictObject(paging);
