import * as z from 'zod/mini';

/** The ARN of a topic of SNS. */
export const TOPIC_ARN = z
  .string()
  .check(
    z.regex(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+(?:\.fifo)?$/, 'must be the ARN of an SNS topic'),
  );
