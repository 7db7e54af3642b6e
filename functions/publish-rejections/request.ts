import { gunzipSync } from 'node:zlib';
import type { CloudWatchLogsDecodedData, CloudWatchLogsEvent } from 'aws-lambda';
import type { LogLine } from '../../shared/rotation/rejected-enrollments.ts';

/**
 * The lines that a subscription of CloudWatch Logs delivers: base64 of gzip (its user guide, "Real-time processing of log
 * data with subscriptions"). None in the message by which it tests whether it may deliver.
 */
export function linesIn({ awslogs: { data } }: CloudWatchLogsEvent): readonly LogLine[] {
  const text = gunzipSync(Buffer.from(data, 'base64')).toString();
  const { messageType, logEvents } = JSON.parse(text) as CloudWatchLogsDecodedData;
  return messageType === 'DATA_MESSAGE' ? logEvents : [];
}
