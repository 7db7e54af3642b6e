/** Gets octets over plain HTTP, or posts an OCSP request where there is one. */
export type Fetch = (url: string, ocspRequest?: Uint8Array) => Promise<Uint8Array>;

const TIMEOUT_MS = 15_000;

/** A list of a million entries has 40 MB. */
const MAX_BYTES = 128 * 1024 * 1024;

/**
 * @param maxBytes - reading stops once there are more
 * @throws Error where the answer is no success, too long, or late.
 */
export async function fetchOctets(
  url: string,
  ocspRequest?: Uint8Array,
  maxBytes = MAX_BYTES,
): Promise<Uint8Array> {
  if (!/^https?:\/\//.test(url)) throw new Error('only http and https are looked up');
  const post = ocspRequest && {
    method: 'POST',
    headers: { 'content-type': 'application/ocsp-request' },
    body: Buffer.from(ocspRequest),
  };
  const answer = await fetch(url, { ...post, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(named);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return readOctets(answer, maxBytes);
}

async function readOctets({ body }: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** fetch says only that it failed; its cause says why. */
function named(error: unknown): never {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  throw cause instanceof Error && cause.message !== '' ? cause : new Error(String(error));
}
