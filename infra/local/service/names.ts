/**
 * Finds an item by a part of its name, ignoring case and separators: the name of `sweep-reservations` in CloudFormation
 * is `fleetseal-fleet-service-SweepReservationsFunction6890F326`.
 *
 * @throws Error that lists the names where none or several match.
 */
export function findByPart<Item>(items: readonly Item[], part: string, nameOf: (item: Item) => string): Item {
  const [found, ...more] = items.filter((item) => matchesPart(nameOf(item), part));
  if (found !== undefined && more.length === 0) return found;
  const names = items.map(nameOf).join(', ');
  throw new Error(
    `${found === undefined ? 'no name contains' : 'several names contain'} "${part}"; the names are ${names}`,
  );
}

export function matchesPart(name: string, part: string): boolean {
  return plain(name).includes(plain(part));
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}
