import { describe, expect, test } from '@jest/globals';
import {
  EXPIRING_CERTIFICATES,
  REQUESTS_REFUSED,
  SIGN_MILLISECONDS,
  SWEEP_BEHIND_SECONDS,
} from '../../../shared/config/metrics.ts';
import { createLog } from '../../../shared/observability/log.ts';
import {
  embeddedMetrics,
  measured,
  measuredIfAny,
  metrics,
} from '../../../shared/observability/measurement.ts';
import { stepTimer } from '../../../shared/observability/step-timer.ts';
import { capturingLog, logLines } from '../http/captured-log.ts';

const AT = new Date('2026-03-01T12:00:00.500Z');

describe('measurements in a log line', () => {
  test('are metrics in the embedded format: a directive each, with the values beside them', () => {
    const both = [
      measured(SWEEP_BEHIND_SECONDS, 7),
      measured(REQUESTS_REFUSED, 1, { Code: 'token_rejected' }),
    ];
    expect(embeddedMetrics(both, 'fleetseal/acme', AT)).toEqual({
      SweepBehindSeconds: 7,
      RequestsRefused: 1,
      Code: 'token_rejected',
      _aws: {
        Timestamp: 1_772_366_400_500,
        CloudWatchMetrics: [
          {
            Namespace: 'fleetseal/acme',
            Dimensions: [[]],
            Metrics: [{ Name: 'SweepBehindSeconds', Unit: 'Seconds' }],
          },
          {
            Namespace: 'fleetseal/acme',
            Dimensions: [['Code']],
            Metrics: [{ Name: 'RequestsRefused', Unit: 'Count' }],
          },
        ],
      },
    });
  });

  test('with the same dimensions share a directive', () => {
    const line = embeddedMetrics(
      [
        measured(SWEEP_BEHIND_SECONDS, 7),
        measured(REQUESTS_REFUSED, 1, { Code: 'try_again' }),
        measured(SIGN_MILLISECONDS, 5),
      ],
      'fleetseal/acme',
      AT,
    );
    expect(line).toMatchObject({
      SweepBehindSeconds: 7,
      SignMilliseconds: 5,
      _aws: {
        CloudWatchMetrics: [
          { Dimensions: [[]], Metrics: [{ Name: 'SweepBehindSeconds' }, { Name: 'SignMilliseconds' }] },
          { Dimensions: [['Code']], Metrics: [{ Name: 'RequestsRefused' }] },
        ],
      },
    });
  });

  test.each([
    {
      name: 'nothing was measured',
      metrics: measuredIfAny(SWEEP_BEHIND_SECONDS, undefined),
      namespace: 'fleetseal/acme',
    },
    { name: 'there is no namespace', metrics: [measured(SWEEP_BEHIND_SECONDS, 7)], namespace: undefined },
  ])('are none where $name', ({ metrics: some, namespace }) => {
    expect(embeddedMetrics(some, namespace, AT)).toEqual({});
  });

  test('carry no secret in a dimension', () => {
    const secret = `fst_${'a'.repeat(16)}_${'b'.repeat(43)}`;
    const line = embeddedMetrics(
      [measured(EXPIRING_CERTIFICATES, 1, { Profile: secret, DaysLeft: '3' })],
      'fleetseal/acme',
      AT,
    );
    expect(JSON.stringify(line)).not.toContain('bbbb');
    expect(line).toMatchObject({ Profile: `fst_${'a'.repeat(16)}_[redacted]`, DaysLeft: '3' });
  });

  test('are in the line with its fields, where the function has a namespace', async () => {
    process.env['METRICS_NAMESPACE'] = 'fleetseal/acme';
    const { log } = await capturingLog(async () =>
      createLog('sweep-reservations').info(
        'swept',
        { counts: { left: 2 } },
        metrics(measured(SWEEP_BEHIND_SECONDS, 7)),
      ),
    );
    delete process.env['METRICS_NAMESPACE'];
    const [line] = logLines(log);
    expect(line).toMatchObject({
      message: 'swept',
      counts: { left: 2 },
      SweepBehindSeconds: 7,
      _aws: { CloudWatchMetrics: [{ Namespace: 'fleetseal/acme' }] },
    });
    expect(line).not.toHaveProperty('metrics');
  });
});

test('the times of a step are added, also of a call that fails, and steps that were not taken have none', async () => {
  let now = 0;
  const timer = stepTimer(() => now);
  const signer = {
    async sign(milliseconds: number) {
      now += milliseconds;
      if (milliseconds > 100) throw new Error('KMS is slow');
      return milliseconds;
    },
    sweep: async () => 1,
    name: 'signer',
  };
  const timed = timer.timed(signer, { sign: SIGN_MILLISECONDS, sweep: SWEEP_BEHIND_SECONDS });
  const { sign } = timed;
  expect(timed.name).toBe('signer');
  await expect(sign(20.04)).resolves.toBe(20.04);
  await expect(sign(130)).rejects.toThrow('KMS is slow');
  expect(timer.measurements()).toEqual([measured(SIGN_MILLISECONDS, 150)]);
});
