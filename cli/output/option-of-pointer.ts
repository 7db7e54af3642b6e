/** The options that become fields of a request, by where the field is. Each field has the same meaning in every request. */
const OPTIONS: Readonly<Record<string, string>> = {
  '#/profile': '--profile',
  '#/names/commonName': '--name',
  '#/names/dns': '--dns',
  '#/name': '--name',
  '#/serialNumber': '--serial',
  '#/dnsNames': '--dns',
  '#/ipAddresses': '--ip',
  '#/names/ip': '--ip',
  '#/maxUses': '--uses',
  '#/expiresIn': '--expires-in',
  '#/certificateLifetime': '--lifetime',
  '#/onExistingName': '--replace',
  '#/exclusiveDns': '--exclusive-dns',
  '#/bind/csrSha256': '--csr',
  '#/bind/sourceCidr': '--source',
  '#/description': '--description',
  '#/by': '--by',
  '#/revokeAt': '--revoke-in',
  '#/selector/issuer': '--issuer',
  '#/selector/profile': '--profile',
  '#/selector/notAfterBefore': '--expiring-before',
  '#/reason': '--reason',
  '#/comment': '--comment',
  '#/block': '--block',
  '#/keyKind': '--key-kind',
  '#/query/name': '--name',
  '#/query/profile': '--profile',
  '#/query/state': '--state',
  '#/query/expiresBefore': '--expiring',
  '#/query/limit': '--limit',
};

/** What a user changes for a pointer of a problem document: the option, or the pointer where there is none. */
export function optionOfPointer(pointer: string): string {
  const [, inDeployment] = /^#\/deployment\/(.+)$/.exec(pointer) ?? [];
  if (inDeployment !== undefined) return `--deployment ${inDeployment.replaceAll('/', '.')}`;
  return OPTIONS[pointer.replace(/\/\d+$/, '')] ?? pointer;
}
