import { Duration } from 'aws-cdk-lib';
import {
  Dashboard as CloudWatchDashboard,
  Metric as CloudWatchMetric,
  GraphWidget,
  type IWidget,
  MathExpression,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import * as METRICS from '../../shared/config/metrics.ts';
import { metricsNamespaceOf } from '../../shared/config/metrics-namespace.ts';
import type { Placement } from '../settings/regions.ts';
import { STAGE } from './api-policy.ts';

export interface DashboardProps {
  readonly authority: string;
  /** @default - one Region */
  readonly placement?: Placement | undefined;
}

const HOUR = Duration.hours(1);

/**
 * One dashboard, `fleetseal-<authority>`: what is issued and refused, how long it takes, and how far everything is from its
 * end. It has fewer than 50 metrics, so that it is one of the three that an account has free of charge (CloudWatch pricing).
 */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { authority, placement }: DashboardProps) {
    super(scope, id);
    new CloudWatchDashboard(this, 'Dashboard', {
      dashboardName: dashboardName(authority, placement),
      defaultInterval: Duration.days(1),
      widgets: [
        [new TextWidget({ width: 24, height: 2, markdown: heading(authority) })],
        issuance(authority),
        health(authority),
        ends(authority),
      ],
    });
  }
}

/** An account has one list of dashboards for all Regions (CloudWatch user guide, "Using Amazon CloudWatch dashboards"). */
function dashboardName(authority: string, placement: Placement | undefined): string {
  const name = `fleetseal-${authority}`;
  return placement?.here === 'standby' ? `${name}-${placement.standby}` : name;
}

function heading(authority: string): string {
  return `# fleetseal ${authority}\nAlarms and what to do about them: docs/operations.md, "Runbook". Metrics: docs/metrics.md.`;
}

function issuance(authority: string): IWidget[] {
  return [
    graph('Certificates issued', [sum(authority, METRICS.CERTIFICATES_ISSUED)]),
    graph('Refused by code', [
      new MathExpression({
        expression: `SEARCH('{"${metricsNamespaceOf(authority)}",Code} MetricName="${METRICS.REQUESTS_REFUSED.name}"', 'Sum')`,
        label: '',
        period: HOUR,
      }),
    ]),
    graph('Time of a step, 95 of 100, in ms', [
      percentile(authority, METRICS.READ_MILLISECONDS),
      percentile(authority, METRICS.RESERVE_MILLISECONDS),
      percentile(authority, METRICS.SIGN_MILLISECONDS),
      percentile(authority, METRICS.COMMIT_MILLISECONDS),
    ]),
  ];
}

function health(authority: string): IWidget[] {
  const api = (metricName: string) =>
    new CloudWatchMetric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiName: `fleetseal-${authority}`, Stage: STAGE },
      statistic: 'Sum',
      period: HOUR,
    });
  return [
    graph('Requests, refusals and errors', [api('Count'), api('4XXError'), api('5XXError')]),
    graph('Signatures per certificate', [
      number(authority, METRICS.SIGNATURES_PER_CERTIFICATE, 'Average'),
      number(authority, METRICS.SIGNATURES_PER_CERTIFICATE, 'Maximum'),
    ]),
    graph('KMS refused, and uses of keys that nobody logged', [
      sum(authority, METRICS.SIGNING_THROTTLED),
      sum(authority, METRICS.SIGNING_KEYS_UNUSABLE),
      sum(authority, METRICS.SIGNATURES_UNEXPLAINED),
    ]),
  ];
}

function ends(authority: string): IWidget[] {
  // Ids of metrics begin with a small letter, and each is one in its widget.
  const id = ({ name }: METRICS.Metric) => name.charAt(0).toLowerCase() + name.slice(1);
  const days = (metric: METRICS.Metric, statistic: string) =>
    new MathExpression({
      expression: `${id(metric)} / 86400`,
      usingMetrics: { [id(metric)]: number(authority, metric, statistic) },
      label: `${metric.name.replace('Seconds', '')}, days`,
      period: HOUR,
    });
  return [
    new SingleValueWidget({
      title: 'Days left: to issue without an operator, of the responder',
      width: 8,
      height: 6,
      metrics: [days(METRICS.ISSUANCE_SECONDS, 'Minimum'), days(METRICS.RESPONDER_SECONDS, 'Minimum')],
    }),
    graph('Age of the oldest list, in days', [
      days(METRICS.OLDEST_LIST_SECONDS, 'Maximum'),
      days(METRICS.OLDEST_ROOT_LIST_SECONDS, 'Maximum'),
    ]),
    graph('Certificates that nobody renews', [
      new MathExpression({
        expression: `SEARCH('{"${metricsNamespaceOf(authority)}",Profile,DaysLeft} MetricName="${METRICS.EXPIRING_CERTIFICATES.name}"', 'Maximum')`,
        label: '',
        period: Duration.days(1),
      }),
    ]),
  ];
}

function graph(title: string, left: (CloudWatchMetric | MathExpression)[]): IWidget {
  return new GraphWidget({ title, left, width: 8, height: 6, leftYAxis: { min: 0, showUnits: false } });
}

function number(authority: string, { name }: METRICS.Metric, statistic: string): CloudWatchMetric {
  return new CloudWatchMetric({
    namespace: metricsNamespaceOf(authority),
    metricName: name,
    statistic,
    label: `${name}, ${statistic}`,
    period: HOUR,
  });
}

const sum = (authority: string, metric: METRICS.Metric) => number(authority, metric, 'Sum');

const percentile = (authority: string, metric: METRICS.Metric) => number(authority, metric, 'p95');
