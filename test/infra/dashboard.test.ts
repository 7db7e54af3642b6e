import { expect, test } from '@jest/globals';
import { metrics } from '../../docs/generate/metrics/document.ts';
import { synthesizedDefaults, text } from './synthesized.ts';

const { authority } = synthesizedDefaults();
const [dashboard, ...others] = Object.values(authority.findResources('AWS::CloudWatch::Dashboard'));

interface Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly metrics?: readonly (readonly unknown[])[];
  };
}

/** With the Region, which is a reference. */
const { widgets } = JSON.parse(text(dashboard?.['Properties'].DashboardBody)) as {
  widgets: readonly Widget[];
};

const shown = widgets.flatMap(({ properties }) => properties.metrics ?? []);

test('there is one dashboard, and it has fewer than the 50 metrics that are free', () => {
  expect(others).toEqual([]);
  expect(dashboard?.['Properties'].DashboardName).toBe('fleetseal-fleet');
  expect(shown.length).toBeLessThan(50);
});

test('every metric of the dashboard is one that a function emits, or one of the API', () => {
  const names = new Set(metrics().map(({ name }) => name));
  const named = shown.filter(([namespace]) => typeof namespace === 'string');
  expect(named.length).toBeGreaterThan(10);
  for (const [namespace, name] of named)
    if (namespace === 'AWS/ApiGateway') expect(['Count', '4XXError', '5XXError']).toContain(name);
    else expect([namespace, names.has(String(name))]).toEqual(['fleetseal/fleet', true]);
  const searches = JSON.stringify(shown).match(/MetricName=\\+"(\w+)/g) ?? [];
  expect(searches.map((one) => one.replace(/^.*"/, ''))).toEqual(['RequestsRefused', 'ExpiringCertificates']);
});

test('its widgets have titles, are in rows of 24 columns, and do not overlap', () => {
  const graphs = widgets.filter(({ properties }) => properties.metrics !== undefined);
  for (const { properties } of graphs) expect(properties.title).toMatch(/^[A-Z]/);
  const taken = widgets.flatMap(({ x, y, width, height }) =>
    Array.from({ length: width * height }, (_, at) => `${x + (at % width)},${y + Math.floor(at / width)}`),
  );
  expect(new Set(taken).size).toBe(taken.length);
  expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
});
