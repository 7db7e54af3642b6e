/*
 * A multi-Region key has one id in all Regions, which begins with `mrk-`, and one key material; its ARN says in which
 * Region it is used (KMS developer guide, "Multi-Region keys in AWS KMS"). The ledger has the ARN of the primary Region.
 */

const PARTS = /^(arn:[^:]+:kms:)([^:]+)(:\d{12}:key\/)([\w-]+)$/;

/** The parts of the ARN of a key; undefined if it is not one. */
function partsOf(keyArn: string) {
  const [, before, region, between, id] = PARTS.exec(keyArn) ?? [];
  if (before === undefined || region === undefined || between === undefined || id === undefined)
    return undefined;
  return { before, region, between, id };
}

/** The Region of a multi-Region key; undefined for a key that exists in one Region. */
export function primaryRegionOf(keyArn: string): string | undefined {
  return isMultiRegion(keyArn) ? partsOf(keyArn)?.region : undefined;
}

/** The id of a key. */
export function keyIdOf(keyArn: string): string | undefined {
  return partsOf(keyArn)?.id;
}

/** The ARN of the same key in a Region; a key that exists in one Region keeps its ARN. */
export function keyArnIn(region: string, keyArn: string): string {
  const parts = partsOf(keyArn);
  return parts === undefined || !isMultiRegion(keyArn)
    ? keyArn
    : `${parts.before}${region}${parts.between}${parts.id}`;
}

function isMultiRegion(keyArn: string): boolean {
  return partsOf(keyArn)?.id.startsWith('mrk-') === true;
}
