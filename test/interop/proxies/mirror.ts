import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BUNDLE_PATH } from '../../../shared/domain/revocation-points.ts';

/** Serves the bundle of revocation lists that a test offers. Plain HTTP, loopback only. */
export interface Mirror {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Serves this from now on; undefined is 404. */
  readonly offer: (bundle: string | undefined) => void;
  readonly stop: () => Promise<void>;
}

/** Starts one that offers nothing. */
export async function startMirror(): Promise<Mirror> {
  let offered: string | undefined;
  const server = createServer(({ url }, response) => {
    if (url === BUNDLE_PATH && offered !== undefined) response.end(offered);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    offer: (bundle) => {
      offered = bundle;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
