import { describe, expect, test } from '@jest/globals';
import type { CallOptions } from '../../../cli/api/client.ts';
import { revokeCertificates } from '../../../cli/revocation/revoke.ts';
import type { Session } from '../../../cli/session.ts';
import { fakeTerminal, noText } from '../../support/cli.ts';

const TOKEN = { token: 'A1b2C3d4E5f6G7h8', yes: true };

const TOKEN_VIEW = {
  id: TOKEN.token,
  profile: 'agent',
  names: { commonName: 'web-*', dns: [], ip: [] },
  maxUses: 10,
  uses: 3,
  state: 'ACTIVE',
  expiresAt: '2026-11-29T06:00:00Z',
  certificateLifetime: 'P30D',
  onExistingName: 'reject',
  exclusiveDns: false,
  bind: { sourceCidr: [] },
  description: '',
  createdAt: '2026-11-28T05:00:00Z',
  createdBy: 'user/admin',
};

interface Answer {
  readonly serials: readonly string[];
  /** @default - as many as are listed */
  readonly count?: number;
  readonly complete?: boolean;
  readonly cursor?: string;
}

/** Revokes by token at a service that gives these answers in turn, the last one for ever. */
function revoking(...answers: readonly Answer[]) {
  const { terminal, written } = fakeTerminal();
  const sent: unknown[] = [];
  const pauses: number[] = [];
  const shown: unknown[] = [];
  const call = async (_path: string, { method = 'GET', body }: CallOptions = {}) => {
    if (method === 'GET') return TOKEN_VIEW;
    const round = sent.push(body);
    if (round > 50) throw new Error('asked without end');
    return viewOf(answers[Math.min(round, answers.length) - 1], round);
  };
  const session: Session = {
    api: { baseUrl: 'https://pki.example.com/v1', call, text: noText },
    terminal,
    json: true,
    show: (result) => void shown.push(result),
  };
  const pause = async (milliseconds: number) => void pauses.push(milliseconds);
  return { run: () => revokeCertificates(session, [], TOKEN, pause), sent, pauses, shown, written };
}

function viewOf(answer: Answer = { serials: [] }, round: number) {
  const { serials, count = serials.length, complete = false, cursor } = answer;
  const revoked = serials.map((serialNumber) => ({
    serialNumber,
    revokedAt: `2026-11-28T06:00:0${round % 10}Z`,
    reason: 'unspecified',
    revokedBy: 'user/admin',
  }));
  return { revoked, count, effect: {}, complete, cursor };
}

const at = (serialNumber: string, round: number) =>
  expect.objectContaining({ serialNumber, revokedAt: `2026-11-28T06:00:0${round}Z` });

describe('answers that repeat what was revoked before', () => {
  test('list and count each certificate once, as it came first', async () => {
    const { run, shown, pauses } = revoking(
      { serials: ['01', '02'] },
      { serials: ['01', '02', '03'], complete: true },
    );
    await run();
    expect(shown).toEqual([{ revoked: [at('01', 1), at('02', 1), at('03', 2)], count: 3, effect: {} }]);
    expect(pauses).toEqual([]);
  });

  test('count those that are not listed once for each cursor', async () => {
    const { run, shown } = revoking(
      { serials: ['01'], count: 5 },
      { serials: ['01'], count: 7, cursor: 'b' },
      { serials: ['02'], count: 3, complete: true },
    );
    await run();
    expect(shown).toMatchObject([{ count: 10 }]);
  });
});

describe('a service that gets no further', () => {
  test('is asked 5 times in a row, with a second between, and the error says how many are revoked', async () => {
    const { run, sent, pauses, shown } = revoking({ serials: ['01', '02'] });
    await expect(run()).rejects.toMatchObject({
      exit: 'partial',
      message:
        '2 were revoked, and are in the output; the rest was not. Run the same command again: it goes on. The last 5 requests revoked nothing more.',
    });
    expect(sent).toHaveLength(6);
    expect(pauses).toEqual([1000, 1000, 1000, 1000]);
    expect(shown).toMatchObject([{ revoked: [at('01', 1), at('02', 1)], count: 2 }]);
  });

  test('and revoked nothing: the same, without an output that there was nothing to revoke', async () => {
    const { run, sent, shown } = revoking({ serials: [] });
    await expect(run()).rejects.toMatchObject({
      exit: 'partial',
      message:
        '0 were revoked, and the service has not finished. Run the same command again: it goes on. The last 5 requests revoked nothing more.',
    });
    expect({ sent: sent.length, shown }).toEqual({ sent: 5, shown: [] });
  });

  test('with cursors that come again is asked no more often', async () => {
    const loop = [...'abababababab'].map((cursor) => ({ serials: ['01'], cursor }));
    const { run, sent } = revoking(...loop);
    await expect(run()).rejects.toMatchObject({ exit: 'partial' });
    expect(sent).toHaveLength(7);
  });

  test('for a while goes on, and each step forward allows 5 more', async () => {
    const idle = Array.from({ length: 4 }, () => ({ serials: ['01'] }));
    const { run, pauses, shown } = revoking(
      { serials: ['01'] },
      ...idle,
      { serials: ['01'], cursor: 'b' },
      ...idle.map((each) => ({ ...each, cursor: 'b' })),
      { serials: ['02'], complete: true },
    );
    await run();
    expect(shown).toMatchObject([{ count: 2 }]);
    expect(pauses).toHaveLength(8);
  });
});
