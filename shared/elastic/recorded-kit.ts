import type { DeploymentSender } from '../domain/certificate-record.ts';
import { loginOf } from './deployment/fields/login.ts';
import type { ResolvedDeployment } from './deployment/resolved-deployment.ts';
import type { Kit, KitRequest } from './kit/kit.ts';
import type { Note } from './kit/note.ts';
import { renderKit } from './render-kit.ts';

/** The kit of a recorded deployment, with notes that say so and list what to fill in again. */
export function renderRecordedKit(request: KitRequest, sender: DeploymentSender): Kit {
  const kit = renderKit(request);
  return { ...kit, notes: [...notesOf(request.deployment, sender), ...kit.notes] };
}

const SENDER_NOTES: Readonly<Record<DeploymentSender, Omit<Note, 'source'>>> = {
  administrator: {
    code: 'recorded_deployment',
    severity: 'info',
    message:
      'This kit was rendered from the last deployment that an administrator sent with POST /v1/kits. Send another deployment there to get another kit.',
  },
  host: {
    code: 'host_deployment',
    severity: 'warning',
    message:
      'This kit was rendered from the deployment that the host itself sent with its enrollment: the host chose its addresses, paths, names and images. Check each of them before you run a command or apply a file from it. POST /v1/kits renders a kit for a deployment of your own.',
  },
};

function notesOf(recorded: ResolvedDeployment, sender: DeploymentSender): readonly Note[] {
  const missing = placeholdersOf(recorded);
  const source = 'fleetseal, GET /v1/certificates/{serial}/kit';
  return [
    { ...SENDER_NOTES[sender], source },
    ...(missing.length === 0
      ? []
      : [
          {
            code: 'recorded_without_secrets',
            severity: 'warning',
            message: `Values of headers and logins of proxies are not recorded: replace ${missing.join(', ')} with your own.`,
            source,
          } as const,
        ]),
  ];
}

/** The placeholders for secrets; Fleet's enrollment token has its own placeholder and note. */
function placeholdersOf({ agent, proxy }: ResolvedDeployment): readonly string[] {
  const logins = [agent.proxy.url, proxy?.fleetUrl].map((url = '') => loginOf(url)[1]);
  const all = [
    ...Object.values(agent.headers),
    ...Object.values(agent.proxy.headers),
    ...logins.flatMap((login) => login?.split(':') ?? []),
  ];
  return [...new Set(all)];
}
