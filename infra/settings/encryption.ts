import * as z from 'zod/mini';
import { about } from './setting.ts';

const KEY_ARN = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
      'must be the ARN of a KMS key (not of an alias)',
    ),
  );

/** The setting `encryption`. */
export const ENCRYPTION = about(
  'Symmetric KMS keys of your own, in the same Region, for data at rest; default: keys of AWS. Disabling such a key stops the service. Buckets have none: that of the revocation data is public, and the archive of certificates has keys of S3, so that it stays readable when these change.',
  z._default(
    z.strictObject({
      tableKeyArn: about(
        'For the table. Its policy must let the IAM policies of this account allow its use (the statement of the default key policy does): the functions use it through DynamoDB.',
        z.optional(KEY_ARN),
      ),
      logsKeyArn: about(
        'For all log groups. Its policy must allow the service principal `logs.<region>.amazonaws.com` to use it, or the deployment fails (CloudWatch Logs user guide, "Encrypt log data using AWS KMS").',
        z.optional(KEY_ARN),
      ),
    }),
    {},
  ),
);
