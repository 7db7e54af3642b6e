import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { finished } from './bootstrap-host.ts';

/** How a handshake with client certificates went: what s_client says of the server's, and whether the server served it. */
export interface Handshake {
  readonly client: string | undefined;
  readonly served: boolean;
}

/**
 * A handshake of openssl's s_client and s_server with the files of two hosts, each of which verifies the other by its own
 * ca.crt. The server is called localhost, and requires a certificate.
 */
export async function handshake(agent: string, server: string): Promise<Handshake> {
  const listener = spawn(
    'openssl',
    [
      ...[
        's_server',
        '-accept',
        '0',
        '-www',
        '-Verify',
        '4',
        '-verify_return_error',
        '-CAfile',
        join(server, 'ca.crt'),
      ],
      ...['-cert', join(server, 'fleet-server.crt'), '-cert_chain', join(server, 'fleet-server.crt')],
      ...['-key', join(server, 'fleet-server.key')],
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  try {
    const port = await new Promise<string>((resolve, reject) => {
      let printed = '';
      listener.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        const found = /^ACCEPT .*:(\d+)$/m.exec(printed)?.[1];
        if (found !== undefined) resolve(found);
      });
      listener.on('exit', () => reject(new Error(`s_server ended: ${printed}`)));
    });
    const client = spawn('openssl', [
      ...[
        's_client',
        '-connect',
        `localhost:${port}`,
        '-servername',
        'localhost',
        '-verify_hostname',
        'localhost',
      ],
      ...['-verify_return_error', '-CAfile', join(agent, 'ca.crt'), '-ign_eof'],
      ...['-cert', join(agent, 'agent.crt'), '-cert_chain', join(agent, 'agent.crt')],
      ...['-key', join(agent, 'agent.key')],
    ]);
    client.stdin.end('GET / HTTP/1.0\r\n\r\n');
    const { stdout } = await finished(client);
    return { client: /Verify return code: .*/.exec(stdout)?.[0], served: stdout.includes('HTTP/1.0 200 ok') };
  } finally {
    listener.kill();
  }
}
