import { AwsError, type AwsService, type Input } from '../service/aws-service.ts';
import type { Call } from '../service/calls.ts';
import type { Journal } from '../service/journal.ts';
import { CLOUDTRAIL, jsonProtocol } from '../service/json-protocol.ts';

/**
 * CloudTrail's event history of KMS, newest first: LookupEvents by the name of the operation and by time. A record appears
 * at once; AWS's takes some minutes.
 *
 * @param trail the calls of KMS.
 */
export function cloudTrailService(trail: Pick<Journal<Call>, 'all'>): AwsService {
  return {
    name: 'cloudtrail',
    protocol: jsonProtocol(CLOUDTRAIL),
    permissions(action) {
      if (action === 'LookupEvents') return [{ action: `cloudtrail:${action}`, resource: '*', context: {} }];
      throw new AwsError(
        'UnknownOperationException',
        `the local CloudTrail does not have the operation ${action}; it has LookupEvents`,
      );
    },
    async perform({ input }) {
      const found = trail.all().filter(selectedBy(input)).reverse();
      const start = Number(input['NextToken'] ?? 0);
      const end = start + Number(input['MaxResults'] ?? 50);
      const body = JSON.stringify({
        Events: found.slice(start, end).map(eventOf),
        ...(end < found.length ? { NextToken: String(end) } : {}),
      });
      return { status: 200, body, headers: { 'content-type': CLOUDTRAIL.contentType } };
    },
  };
}

/** @throws AwsError for anything but one look-up by `EventName`. */
function selectedBy({ LookupAttributes, StartTime, EndTime }: Input): (call: Call) => boolean {
  const [attribute] = Array.isArray(LookupAttributes) ? LookupAttributes : [];
  if (attribute?.AttributeKey !== 'EventName')
    throw new AwsError('InvalidLookupAttributesException', 'the local CloudTrail looks up by EventName');
  const [from, to] = [Number(StartTime ?? 0), Number(EndTime ?? Number.POSITIVE_INFINITY)];
  return ({ action, at }) => {
    const seconds = Math.floor(at / 1000);
    return action === attribute.AttributeValue && seconds >= from && seconds <= to;
  };
}

/** A record as KMS writes it (KMS developer guide, "Sign" below "Examples of AWS KMS log entries"). */
function eventOf({ id, at, action, principal, resources, outcome }: Call): object {
  const record = {
    eventVersion: '1.11',
    userIdentity: { type: 'AssumedRole', arn: principal },
    eventTime: new Date(Math.floor(at / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
    eventSource: 'kms.amazonaws.com',
    eventName: action,
    ...(outcome === 'ok' ? {} : { errorCode: outcome }),
    requestParameters: { keyId: resources[0] },
    requestID: id,
    eventID: id,
    readOnly: true,
    resources: resources.map((ARN) => ({ type: 'AWS::KMS::Key', ARN })),
    eventType: 'AwsApiCall',
    managementEvent: true,
    eventCategory: 'Management',
  };
  return {
    EventId: id,
    EventName: action,
    EventSource: record.eventSource,
    EventTime: Math.floor(at / 1000),
    CloudTrailEvent: JSON.stringify(record),
  };
}
