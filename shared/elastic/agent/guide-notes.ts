import type { ResolvedDeployment } from '../deployment.ts';
import { applicable, GUIDE, type Note } from '../note.ts';
import { has } from '../versions.ts';

/** Where Elastic's pages say otherwise than the kit of an agent, or of a Fleet Server host and its agent. */
export function guideNotes(deployment: ResolvedDeployment): readonly Note[] {
  const { agent, keyKind, keyPassphraseFile, profile, stackVersion } = deployment;
  const curve = keyKind === 'p256' || keyKind === 'p384' || keyKind === 'p521';
  const defendTakesCurves = has(stackVersion, 'defendEllipticCurves');
  return applicable([
    profile === 'agent' && GUIDE_AGENT_FLAGS,
    keyPassphraseFile !== undefined && {
      code: 'guide_key_passwords',
      severity: 'info',
      message: `Elastic's page on secure connections says that key passwords are not supported: Elastic Agent reads one from a file from 8.16.0.${
        profile === 'fleet-server'
          ? ' The guide leaves --fleet-server-cert-key-passphrase out, which the listener needs for it.'
          : ''
      }`,
      source:
        'elastic.co, Configure SSL/TLS for self-managed Fleet Servers; elastic/elastic-agent#5494, #2424',
    },
    agent.elasticDefend &&
      curve &&
      defendTakesCurves && {
        code: 'guide_defend_rsa',
        severity: 'info',
        message:
          "Elastic's guide says that Elastic Defend needs RSA certificates: from 9.1.0 it takes elliptic curve keys too.",
        source: 'elastic/docs-content#5514',
      },
  ]);
}

const GUIDE_AGENT_FLAGS: Note = {
  code: 'guide_agent_flags',
  severity: 'info',
  message:
    "Elastic's guide says that --certificate-authorities are trusted when Fleet Server connects to the agent, and that the key decrypts the certificate. It is always the agent that connects: the CAs verify its server, and the key proves that the agent holds the certificate.",
  source: `${GUIDE}; elastic-agent-libs transport/tlscommon/tls_config.go`,
};
