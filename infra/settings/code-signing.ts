import * as z from 'zod/mini';
import { about } from './setting.ts';

/** With its version, as AWS Signer names it (CloudFormation template reference, AWS::Lambda::CodeSigningConfig AllowedPublishers). */
const PROFILE_VERSION = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:signer:[a-z0-9-]+:\d{12}:\/signing-profiles\/\w{2,64}\/\w{10}$/,
      'must be the ARN of a version of a signing profile, as in "arn:aws:signer:eu-central-1:123456789012:/signing-profiles/fleetseal/aBcD123456"',
    ),
  );

/** The setting `codeSigning`. */
export const CODE_SIGNING = about(
  'Lambda takes only code for the functions that AWS Signer has signed with one of these profiles: a principal that may update functions then cannot make them sign with other code. Keep the profile in an account where they have no permission. Sign the code before each deployment (docs/examples/organization); default: any code.',
  z.optional(
    z.strictObject({
      profileVersionArns: about(
        'ARNs of versions of signing profiles (platform `AWSLambda-SHA384-ECDSA`), 1 to 20.',
        z
          .array(PROFILE_VERSION)
          .check(
            z.minLength(1, 'must hold at least one profile'),
            z.maxLength(20, 'must hold at most 20 profiles'),
          ),
      ),
    }),
  ),
);
