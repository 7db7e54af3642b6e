import type { Note } from '../../../shared/elastic/kit/note.ts';
import { prose } from './markdown.ts';

/** The notes of all examples: those that several share are shown once, at the end of the page. */
export interface Notes {
  /** Below an example: warnings first. */
  readonly below: (notes: readonly Note[]) => string;
  /** For the end of the page: the notes that {@link below} only names. */
  readonly shared: string;
}

/** @param kits - the notes of each example, in the order of the page */
export function notesOf(kits: readonly (readonly Note[])[]): Notes {
  const anchors = anchorsOf(kits);
  return {
    below: (notes) => {
      const line = (note: Note) => {
        const anchor = anchors.get(textOf(note));
        return anchor === undefined ? `- ${textOf(note)}` : `- ${mark(note)}[\`${note.code}\`](#${anchor})`;
      };
      return `Notes:\n\n${[...warnings(notes), ...others(notes)].map(line).join('\n')}`;
    },
    shared: [...anchors]
      .sort(([, one], [, other]) => (one < other ? -1 : 1))
      .map(([text, anchor]) => `- <a id="${anchor}"></a>${text}`)
      .join('\n'),
  };
}

/** The text of each note that more than one example has, and where it is. */
function anchorsOf(kits: readonly (readonly Note[])[]): ReadonlyMap<string, string> {
  const byText = Map.groupBy(kits.flat(), textOf);
  const repeated = [...byText]
    .filter(([, same]) => same.length > 1)
    .map(([text, [note]]) => ({ text, note }));
  const byCode = Map.groupBy(repeated, ({ note }) => note?.code ?? '');
  return new Map(
    [...byCode].flatMap(([code, texts]) =>
      texts.map(({ text }, i) => [text, i === 0 ? `note-${code}` : `note-${code}-${i + 1}`] as const),
    ),
  );
}

function textOf(note: Note): string {
  return `${mark(note)}\`${note.code}\`: ${prose(note.message)} *(${prose(note.source)})*`;
}

function mark({ severity }: Note): string {
  return severity === 'warning' ? '**warning** ' : '';
}

const warnings = (notes: readonly Note[]) => notes.filter(({ severity }) => severity === 'warning');
const others = (notes: readonly Note[]) => notes.filter(({ severity }) => severity !== 'warning');
