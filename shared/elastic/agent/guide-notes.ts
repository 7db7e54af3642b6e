import type { ResolvedDeployment } from '../deployment/resolved-deployment.ts';
import { fromReleases, has } from '../deployment/versions.ts';
import { applicable, GUIDE, info, type Note } from '../kit/note.ts';

/** Where Elastic's documentation contradicts the kit of an agent or of a Fleet Server host. */
export function guideNotes(deployment: ResolvedDeployment): readonly Note[] {
  const { agent, keyKind, keyPassphraseFile, profile, stackVersion } = deployment;
  const curve = keyKind === 'p256' || keyKind === 'p384' || keyKind === 'p521';
  const defendTakesCurves = has(stackVersion, 'defendEllipticCurves');
  return applicable([
    profile === 'agent' && !agent.alreadyEnrolled && GUIDE_AGENT_FLAGS,
    keyPassphraseFile !== undefined &&
      info(
        'guide_key_passwords',
        `Elastic's page on secure connections says that key passwords are not supported. In fact Elastic Agent reads the password from a file${fromReleases(stackVersion, 'keyPassphrase')}.${
          profile === 'fleet-server'
            ? ' The guide omits --fleet-server-cert-key-passphrase, which the listener needs.'
            : ''
        }`,
        'elastic.co, Configure SSL/TLS for self-managed Fleet Servers; elastic/elastic-agent#5494, #2424',
      ),
    agent.elasticDefend &&
      curve &&
      defendTakesCurves &&
      info(
        'guide_defend_rsa',
        "Elastic's guide says that Elastic Defend needs RSA certificates. This version also accepts elliptic curve keys.",
        'elastic/docs-content#5514',
      ),
  ]);
}

const GUIDE_AGENT_FLAGS: Note = info(
  'guide_agent_flags',
  "Elastic's guide says that --certificate-authorities are trusted when Fleet Server connects to the agent, and that the key decrypts the certificate. In fact the agent always connects to Fleet Server: the CAs verify Fleet Server, and the private key proves that the certificate is the agent's own.",
  `${GUIDE}; elastic-agent-libs transport/tlscommon/tls_config.go`,
);
