import { type Note, warning } from '../kit/note.ts';

/** For a Fleet Server that may be of such a version. */
export const CHECKS_CLIENT_NAME: Note = warning(
  'fleet_server_checks_client_name',
  "Fleet Server before 8.16.2 also compares the names in an agent's certificate with its own host name and refuses the agent if they differ: upgrade it, or set its ssl.verification_mode to certificate.",
  'elastic-agent-libs 0.14.0, commit 4babafd',
);
