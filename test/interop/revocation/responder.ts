import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CaKeySpec } from '../../../shared/domain/authority.ts';
import { plus, systemClock } from '../../../shared/domain/instant.ts';
import type { OcspStatus } from '../../../shared/domain/ocsp.ts';
import { OCSP_PATH } from '../../../shared/domain/revocation-points.ts';
import { issue } from '../../../shared/pki/issue.ts';
import type { CertId } from '../../../shared/pki/ocsp/cert-id.ts';
import { errorResponse } from '../../../shared/pki/ocsp/error-response.ts';
import { parseResponse } from '../../../shared/pki/ocsp/parse-response.ts';
import { prepareResponse } from '../../../shared/pki/ocsp/prepare-response.ts';
import { readRequest } from '../../../shared/pki/ocsp/request.ts';
import { assembleResponse } from '../../../shared/pki/ocsp/response.ts';
import { prepareResponder, responderValidity } from '../../../shared/pki/prepare-responder.ts';
import { signPrepared } from '../../../shared/pki/sign-prepared.ts';
import { makeCaKey } from '../../support/ca.ts';
import { caHashes } from '../../support/ocsp-request.ts';
import type { SigningCa } from '../authority.ts';

const MINUTE = 60;

/** An OCSP responder of one CA, with its key in this process. */
export interface Responder {
  /** DER. */
  readonly certificate: Uint8Array;
  /** Whether the CA is the one that a request names. */
  readonly serves: (certId: CertId) => boolean;
  readonly respond: (certId: CertId, status: OcspStatus, expired?: boolean) => Promise<Uint8Array>;
  /** Signs ResponseData past every check of the service. */
  readonly forge: (tbs: Uint8Array) => Promise<Uint8Array>;
}

/** A responder that the CA certifies, as the service does. */
export async function makeResponder(ca: SigningCa, keySpec: CaKeySpec = 'ECC_NIST_P256'): Promise<Responder> {
  const key = await makeCaKey(keySpec);
  const validity = responderValidity(ca, systemClock());
  const serialNumber = '01000000000000000000000000000000d1d1';
  const plan = prepareResponder({ serialNumber, validity, publicKey: key.publicKey, ca });
  const { certificate } = await issue(plan, ca.sign);
  return {
    certificate,
    serves: ({ hash, nameHash, keyHash }) => {
      const own = caHashes(ca.certificate, hash);
      return own.nameHash.toString('hex') === nameHash && own.keyHash.toString('hex') === keyHash;
    },
    respond: async (certId, status, expired = false) => {
      const now = systemClock();
      // Within the life of the responder, which began an hour ago; Java allows for clocks that differ by 15 minutes.
      const [from, until] = expired ? [-58 * MINUTE, -20 * MINUTE] : [-MINUTE, 60 * MINUTE];
      const contents = { certId, status, thisUpdate: plus(now, from), nextUpdate: plus(now, until) };
      const { der } = await signPrepared(prepareResponse(contents, { certificate, keySpec }), key.sign);
      return der;
    },
    forge: async (tbs) => {
      const { signature } = await key.sign(createHash('sha256').update(tbs).digest());
      return assembleResponse(
        Uint8Array.from(tbs),
        { certificate: Uint8Array.from(certificate), keySpec },
        signature,
      );
    },
  };
}

/** Responds to a request about a certificate, DER. */
type Answer = (certId: CertId) => Promise<Uint8Array>;

/** An HTTP server on this machine, which serves files and OCSP. */
export interface RevocationServer {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** By path. */
  readonly files: Map<string, Uint8Array>;
  /** Answers OCSP requests from now on. @default - it is unauthorized for each */
  readonly answerBy: (answer: Answer) => void;
  readonly stop: () => Promise<void>;
}

/** Clients of OCSP insist on it; those of lists ignore it. */
const CONTENT_TYPE = 'application/ocsp-response';

/** Starts one without files. */
export async function startServer(): Promise<RevocationServer> {
  const files = new Map<string, Uint8Array>();
  let answer: Answer = async () => errorResponse('unauthorized');
  const server = createServer((request, response) => {
    reply(files, answer, request).then(
      (body) =>
        response.writeHead(body === undefined ? 404 : 200, { 'content-type': CONTENT_TYPE }).end(body),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    answerBy: (next) => {
      answer = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function reply(
  files: RevocationServer['files'],
  answer: Answer,
  request: IncomingMessage,
): Promise<Uint8Array | undefined> {
  const path = decodeURIComponent(request.url ?? '');
  if (!path.startsWith(OCSP_PATH)) return files.get(path);
  const posted: Buffer[] = [];
  for await (const chunk of request) posted.push(chunk);
  const asked = readRequest(
    request.method === 'GET'
      ? Buffer.from(path.slice(OCSP_PATH.length + 1), 'base64')
      : Buffer.concat(posted),
  );
  if (asked.kind === 'certificate') return answer(asked.certId);
  return errorResponse(asked.kind === 'malformed' ? 'malformedRequest' : 'unauthorized');
}

/** The response with a signature that is wrong in its last bit. */
export function forgedResponse(der: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(der);
  const { signature } = parseResponse(copy);
  signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  return copy;
}
