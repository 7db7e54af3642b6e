import { expect, test } from '@jest/globals';
import type * as z from 'zod/mini';
import {
  type BlockView,
  type CertificateRecord,
  type CertificateView,
  type HistoryEntry,
  type KitView,
  type NewTokenView,
  pageView,
  type RevocationView,
  read,
  type TokenView,
  type TrustView,
} from '../../../cli/api/views.ts';
import type { kitView as kitAnswer } from '../../../docs/generate/openapi/kit-answer.ts';
import type { createTokenAnswer } from '../../../functions/create-token/response.ts';
import type { certificateAnswer } from '../../../functions/get-certificate/response.ts';
import type { historyAnswer } from '../../../functions/get-certificate-history/response.ts';
import type { trustAnswer } from '../../../functions/get-trust/response.ts';
import type { revocationAnswer } from '../../../functions/revoke-certificates/response.ts';
import type { certificateView } from '../../../shared/http/contract/certificate.ts';
import type { keyBlockView, nameBlockView } from '../../../shared/http/contract/revocation.ts';
import type { tokenView } from '../../../shared/http/contract/token.ts';
import { agree } from '../../support/drift.ts';

/** `never` where every answer of the service has what the command line reads of it. */
type Unread<Answer, Read> = Answer extends Read ? never : Answer;

test('what the command line reads is what the service answers, by their types', () => {
  agree<Unread<z.infer<typeof tokenView>, TokenView>>();
  agree<Unread<z.infer<typeof createTokenAnswer>, NewTokenView>>();
  agree<Unread<z.infer<typeof certificateView>, CertificateView>>();
  agree<Unread<z.infer<typeof certificateAnswer>, CertificateRecord>>();
  agree<Unread<z.infer<typeof trustAnswer>, TrustView>>();
  agree<Unread<z.infer<typeof kitAnswer>, KitView>>();
  agree<Unread<z.infer<typeof revocationAnswer>, RevocationView>>();
  agree<Unread<z.infer<typeof historyAnswer>['items'][number], HistoryEntry>>();
  agree<Unread<z.infer<typeof nameBlockView> | z.infer<typeof keyBlockView>, BlockView>>();
});

test('an answer of another form is said where it differs', () => {
  expect(() => read(pageView, { items: 1, cursor: null })).toThrow(
    "The service's answer has another form than expected, at items. The command line and the service are of different versions",
  );
});
