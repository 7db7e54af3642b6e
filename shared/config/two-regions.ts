/** Variable of every function of a deployment in two Regions; no other function has it. */
export const TWO_REGIONS = 'TWO_REGIONS';

/** Whether this function belongs to a deployment in two Regions, of which only one writes and signs. */
export function hasTwoRegions(source: Readonly<Record<string, string | undefined>> = process.env): boolean {
  return source[TWO_REGIONS] === 'yes';
}
