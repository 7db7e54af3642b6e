import type { AuthorityStates, FleetRecord } from './record.ts';

/*
 * The picture of a recorded run: how many agents have a valid certificate and from which issuer, what the roots and
 * issuers were meanwhile, and how far a new root had spread. The same record gives the same bytes.
 */

const WIDTH = 960;
const LEFT = 110;
const RIGHT = 24;
const TOP = 64;
const AREA_HEIGHT = 190;
const ROW = 22;
const ADOPTION_HEIGHT = 90;
const GAP = 52;

/** Okabe and Ito's colours, which colour-blind readers tell apart. */
const ISSUER_COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'];

const STATE_COLOURS: Readonly<Record<string, string>> = {
  PENDING: '#e8e8e8',
  READY: '#c6dbef',
  TRUSTED: '#c6dbef',
  ACTIVE: '#31a354',
  DRAINING: '#fdae6b',
  RETIRED: '#bdbdbd',
  COMPROMISED: '#de2d26',
};

/** SVG of the record. */
export function fleetPicture(record: FleetRecord): string {
  const { authorities, adoption } = record;
  const rows = TOP + AREA_HEIGHT + GAP;
  const below = rows + authorities.length * ROW + GAP + 14;
  const height = below + (adoption.length > 0 ? ADOPTION_HEIGHT + GAP : 0);
  const title = `${record.agents} agents, ${record.servers} Fleet Servers, ${record.days} days`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    text(LEFT, 24, `A simulated fleet: ${title}`, 'font-size="15" font-weight="bold"'),
    ...acts(record, rows + authorities.length * ROW),
    ...validity(record),
    ...daysAxis(record.days, TOP + AREA_HEIGHT + 16),
    ...authorities.flatMap((authority, row) => bar(authority, record.days, rows + row * ROW)),
    ...legend(record, rows + authorities.length * ROW + 18),
    ...(adoption.length > 0 ? spread(record, below) : []),
    '</svg>',
    '',
  ].join('\n');
}

function x(day: number, days: number): number {
  return round(LEFT + (day / days) * (WIDTH - LEFT - RIGHT));
}

/** Live agents as a line, over the agents with a valid certificate, stacked by issuer. */
function validity({ weeks, days, agents }: FleetRecord): readonly string[] {
  const issuers = [...new Set(weeks.flatMap(({ valid }) => Object.keys(valid)))].sort();
  const y = (count: number) => round(TOP + AREA_HEIGHT - (count / agents) * AREA_HEIGHT);
  const sums = weeks.map(() => 0);
  const areas = issuers.map((issuer, place) => {
    const lower = weeks.map(({ day }, i) => `${x(day, days)},${y(sums[i] ?? 0)}`);
    const upper = weeks.map(({ day, valid }, i) => {
      sums[i] = (sums[i] ?? 0) + (valid[issuer] ?? 0);
      return `${x(day, days)},${y(sums[i] ?? 0)}`;
    });
    return `<polygon fill="${colourOf(place)}" fill-opacity="0.75" points="${[...upper, ...lower.reverse()].join(' ')}"/>`;
  });
  const live = weeks.map(({ day, live }) => `${x(day, days)},${y(live)}`).join(' ');
  const key = issuers.flatMap((issuer, place) => [
    `<rect x="${WIDTH - RIGHT - 84 * (issuers.length - place)}" y="34" width="10" height="10" fill="${colourOf(place)}" fill-opacity="0.75"/>`,
    text(WIDTH - RIGHT - 84 * (issuers.length - place) + 14, 43, issuer),
  ]);
  return [
    ...areas,
    `<polyline fill="none" stroke="#000000" stroke-width="1.2" points="${live}"/>`,
    ...scale(TOP, AREA_HEIGHT, ['0', String(agents / 2), String(agents)]),
    text(8, TOP + AREA_HEIGHT / 2 - 8, 'agents with'),
    text(8, TOP + AREA_HEIGHT / 2 + 6, 'a valid'),
    text(8, TOP + AREA_HEIGHT / 2 + 20, 'certificate'),
    ...key,
    text(LEFT, 43, 'black line: agents that should work; colours: the issuer of their valid certificate'),
  ];
}

function bar({ id, states }: AuthorityStates, days: number, top: number): readonly string[] {
  return [
    text(8, top + 14, id),
    ...states.map(({ state, from, to }) => {
      const width = round(x(to, days) - x(from, days));
      return `<rect x="${x(from, days)}" y="${top + 2}" width="${width}" height="${ROW - 6}" fill="${STATE_COLOURS[state] ?? '#969696'}"><title>${escaped(`${id} ${state}, day ${from} to ${to}`)}</title></rect>`;
    }),
  ];
}

function legend({ authorities }: FleetRecord, top: number): readonly string[] {
  const present = new Set(authorities.flatMap(({ states }) => states.map(({ state }) => state)));
  return Object.keys(STATE_COLOURS)
    .filter((state) => present.has(state))
    .flatMap((state, place) => [
      `<rect x="${LEFT + place * 120}" y="${top - 9}" width="10" height="10" fill="${STATE_COLOURS[state] ?? ''}"/>`,
      text(LEFT + place * 120 + 14, top, state),
    ]);
}

/** A dashed line for each act; its words are shown by a pointer that rests on it, and in the table of the page. */
function acts({ acts, days }: FleetRecord, bottom: number): readonly string[] {
  return acts.map(
    ({ day, what }) =>
      `<line x1="${x(day, days)}" y1="${TOP}" x2="${x(day, days)}" y2="${bottom}" stroke="#888888" stroke-dasharray="3 3"><title>${escaped(`day ${day}: ${what}`)}</title></line>`,
  );
}

function spread({ adoption, days }: FleetRecord, top: number): readonly string[] {
  const y = (share: number) => round(top + ADOPTION_HEIGHT - share * ADOPTION_HEIGHT);
  return [
    ...adoption.flatMap(({ root, points }, place) => {
      const line = points.map(({ day, share }) => `${x(day, days)},${y(share)}`).join(' ');
      const last = points.at(-1);
      return [
        `<polyline fill="none" stroke="${colourOf(place)}" stroke-width="2" points="${line}"/>`,
        ...(last ? [text(x(last.day, days) - 44, y(last.share) - 5, root)] : []),
      ];
    }),
    ...scale(top, ADOPTION_HEIGHT, ['0 %', '50 %', '100 %']),
    text(8, top + 20, 'hosts that'),
    text(8, top + 34, 'trust a root'),
    ...daysAxis(days, top + ADOPTION_HEIGHT + 16),
  ];
}

function daysAxis(days: number, top: number): readonly string[] {
  const ticks = Array.from({ length: Math.floor(days / 90) + 1 }, (_, quarter) => quarter * 90);
  return ticks.map((day) => text(x(day, days), top, `day ${day}`, 'text-anchor="middle" fill="#444444"'));
}

/** The least, the middle and the highest value at the left of a diagram. */
function scale(
  top: number,
  height: number,
  [low = '', middle = '', high = '']: readonly string[],
): readonly string[] {
  const at = (share: number, label: string) => [
    `<line x1="${LEFT}" y1="${round(top + height - share * height)}" x2="${WIDTH - RIGHT}" y2="${round(top + height - share * height)}" stroke="#dddddd" stroke-width="0.6"/>`,
    text(LEFT - 6, round(top + height - share * height + 4), label, 'text-anchor="end" fill="#444444"'),
  ];
  return [...at(0, low), ...at(0.5, middle), ...at(1, high)];
}

function colourOf(place: number): string {
  return ISSUER_COLOURS[place % ISSUER_COLOURS.length] ?? '#000000';
}

function text(left: number, top: number, words: string, attributes = ''): string {
  return `<text x="${left}" y="${top}"${attributes === '' ? '' : ` ${attributes}`}>${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
