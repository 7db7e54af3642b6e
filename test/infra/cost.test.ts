import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { costDocument } from '../../docs/generate/cost/document.ts';
import { IDLE_RESOURCES, privateCaMonth } from '../../docs/generate/cost/model.ts';
import { scaleDocument } from '../../docs/generate/scale/document.ts';
import { limits } from '../../docs/generate/scale/model.ts';
import { synthesized, synthesizedDefaults } from './synthesized.ts';

/** What is read of resources. */
interface Resource {
  readonly Properties: {
    readonly Metrics?: readonly { readonly MetricStat?: object }[];
    readonly ScheduleExpression?: string;
  };
}

function resources(type: string): readonly Resource[] {
  const { authority, service } = synthesizedDefaults();
  return [authority, service].flatMap((template) =>
    Object.values(template.findResources(type) as Record<string, Resource>),
  );
}

describe('what a deployment costs while nothing happens', () => {
  test('its keys are as many as are counted', () => {
    expect(resources('AWS::KMS::Key')).toHaveLength(IDLE_RESOURCES.keys);
  });

  test('its alarms read no more metrics than are counted', () => {
    const metrics = resources('AWS::CloudWatch::Alarm').map(({ Properties: { Metrics } }) =>
      Metrics === undefined ? 1 : Metrics.filter(({ MetricStat }) => MetricStat !== undefined).length,
    );
    expect(metrics.reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(IDLE_RESOURCES.alarmMetrics);
  });

  test('its schedules invoke no more often than is counted', () => {
    const minutes = { minute: 1, minutes: 1, hour: 60, hours: 60, day: 1440, days: 1440 } as const;
    const invocations = resources('AWS::Scheduler::Schedule').map(({ Properties }) => {
      const [, count, unit] = /^rate\((\d+) (\w+)\)$/.exec(Properties.ScheduleExpression ?? '') ?? [];
      return (30 * 1440) / (Number(count) * minutes[unit as keyof typeof minutes]);
    });
    const all = invocations.reduce((sum, one) => sum + one, 0);
    expect(all).toBeGreaterThan(0);
    expect(all).toBeLessThanOrEqual(IDLE_RESOURCES.scheduledInvocations);
  });
});

test.each([
  { mode: 'general', certificates: 0, dollars: 800 },
  { mode: 'general', certificates: 1000, dollars: 800 + 750 },
  { mode: 'general', certificates: 10_001, dollars: 800 + 750 + 9000 * 0.35 + 0.001 },
  { mode: 'shortLived', certificates: 1000, dollars: 100 + 58 },
] as const)('AWS Private CA, $mode, $certificates certificates', ({ mode, certificates, dollars }) => {
  expect(privateCaMonth(mode, certificates)).toBeCloseTo(dollars, 6);
});

test('limits are in order, and no partition is the first of them', () => {
  const found = limits().map(({ perSecond }) => perSecond);
  expect(found).toEqual([...found].sort((a, b) => a - b));
  expect(limits()[0]?.what).not.toContain('partition');
});

test.each([
  { name: 'cost', document: costDocument },
  { name: 'scale', document: scaleDocument },
])('docs/$name.md is what the code says; `npm run docs` writes it', ({ name, document }) => {
  const file = new URL(`../../docs/${name}.md`, import.meta.url);
  expect(readFileSync(file, 'utf8').split('\n')).toEqual(document().split('\n'));
});

test('a table is warm where the settings say so, and as AWS makes it otherwise', () => {
  const warmThroughput = { readUnitsPerSecond: 20_000, writeUnitsPerSecond: 8000 };
  const { authority } = synthesized({ authority: 'fleet', warmThroughput });
  authority.hasResourceProperties('AWS::DynamoDB::Table', {
    WarmThroughput: { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 8000 },
  });
  const [table] = resources('AWS::DynamoDB::Table');
  expect(table?.Properties).not.toHaveProperty('WarmThroughput');
});
