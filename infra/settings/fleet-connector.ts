import * as z from 'zod/mini';
import { about } from './setting.ts';

/** Written as the parser writes it, so that every program reads the same host. */
function isBaseUrl(text: string): boolean {
  if (text.length > 512 || !URL.canParse(text)) return false;
  const { protocol, origin, pathname } = new URL(text);
  return (
    protocol === 'https:' && text === `${origin}${pathname === '/' ? '' : pathname}` && !text.endsWith('/')
  );
}

const KIBANA_URL = z
  .string()
  .check(
    z.refine(
      isBaseUrl,
      'must be an https:// URL in lower case without login, default port, query, fragment and final slash, such as "https://kibana.example.com:5601"',
    ),
  );

const SECRET_ARN = z
  .string()
  .check(
    z.regex(
      /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/,
      'must be the whole ARN of a secret, with the six characters at its end',
    ),
  );

const SPACE = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9_-]{1,64}$/,
      'must be the identifier of a Kibana space: lower-case letters, digits, "_" and "-"',
    ),
  );

/** The setting `fleetConnector`. */
export const FLEET_CONNECTOR = about(
  'Unenrolls an Elastic Agent in Fleet when its certificate is revoked, because Elastic Agent and Fleet Server check no revocation lists; default: no connector.',
  z.optional(
    z.strictObject({
      kibanaUrl: about('Base URL of Kibana, which must be reachable from the Internet.', KIBANA_URL),
      apiKeySecretArn: about(
        'ARN of the Secrets Manager secret that holds the API key for Kibana, in its encoded form. The key needs the privileges `Fleet > Agents: All` in the space.',
        SECRET_ARN,
      ),
      space: about('Kibana space of the agents; default: the default space.', z.optional(SPACE)),
    }),
  ),
);
