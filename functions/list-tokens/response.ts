import type * as z from 'zod/mini';
import type { BootstrapToken } from '../../shared/domain/bootstrap-token.ts';
import type { Instant } from '../../shared/domain/instant.ts';
import { renderToken, tokenView } from '../../shared/http/contract/token.ts';
import { pageOf } from '../../shared/http/contract/words.ts';
import type { Page } from '../../shared/issuance/ports.ts';

/** The answer to `GET /v1/tokens`. */
export const listTokensAnswer = pageOf(tokenView);

/** A page of tokens as they are at `now`. */
export function renderTokens(
  page: Page<{ readonly token: BootstrapToken; readonly uses: number }>,
  now: Instant,
): z.infer<typeof listTokensAnswer> {
  return {
    items: page.items.map(({ token, uses }) => renderToken(token, uses, now)),
    cursor: page.cursor ?? null,
  };
}
