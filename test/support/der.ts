/** Starts of elements in DER, found by walking it. Whatever is not DER gives some numbers too. */
export function elementStarts(der: Uint8Array, from = 0, to = der.length): readonly number[] {
  const starts: number[] = [];
  for (let at = from; at < Math.min(to, der.length); ) {
    const first = der[at + 1] ?? 0;
    const header = first < 0x80 ? 2 : 2 + (first & 0x7f);
    const octets = der.subarray(at + 2, at + header);
    const length = first < 0x80 ? first : octets.reduce((sum, octet) => sum * 256 + octet, 0);
    starts.push(at);
    if (((der[at] ?? 0) & 0x20) !== 0) starts.push(...elementStarts(der, at + header, at + header + length));
    at += header + length;
  }
  return starts;
}
