import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { replacedPart } from '../../../shared/elastic/deployment/replaced-part.ts';
import { literalDollars } from '../../../shared/elastic/syntax/dollars.ts';
import type { Finding } from '../judges.ts';
import type { Check } from '../report.ts';
import { type Reading, type TextJudges, textJudges } from './judges.ts';
import { choiceSamples, kitSamples, type Sample, type Tried, writerSamples } from './samples.ts';

const TREES = 3000;
const VALUES = 5000;

/**
 * What other people's readers make of the YAML in kits, and Kubernetes of dollar signs: a text that a caller sent is the
 * same string for all of them, and changes the structure of nothing. Random texts, and every field of every example of
 * the documentation with texts that readers take for something else.
 */
export async function textChecks(say: (line: string) => void): Promise<readonly Check[]> {
  const judges = await textJudges(say);
  const kits = kitSamples();
  const checks = [
    ...canaries(judges),
    ...agreeing(judges, `YAML of ${TREES} random trees`, writerSamples(TREES)),
    ...kits.flatMap((kit) => [unchanged(kit), ...agreeing(judges, `kit: ${kit.title}`, kit.samples)]),
    ...agreeing(judges, 'kits of every version, system, model and trust', choiceSamples()),
    expanding(judges),
    configuring(judges),
  ];
  const sum = (count: (kit: Tried) => number) => kits.reduce((all, kit) => all + count(kit), 0);
  say(
    `text: of ${sum((kit) => kit.accepted + kit.refused)} values in fields of ${kits.length} examples ${sum((kit) => kit.accepted)} were accepted, in ${sum((kit) => kit.samples.length)} YAML texts`,
  );
  return checks;
}

/** Readers of YAML 1.1 must be able to find fault: what kits held once is something else for them. */
function canaries(judges: TextJudges): readonly Check[] {
  const bad = [
    { text: 'a: on\n', documents: [{ a: 'on' }] },
    { text: 'a: x\u2028b: y\n', documents: [{ a: 'x\u2028b: y' }] },
    { text: 'a: 12:30:45\n', documents: [{ a: '12:30:45' }] },
  ];
  const readings = Object.entries(judges.read(bad.map(({ text }) => text)));
  return bad.map(({ text, documents }, index) => {
    const wrong = readings.filter(([, texts]) => !isDeepStrictEqual(texts[index], documents));
    const findings = wrong.map(
      ([name]) => ({ severity: 'notice', text: `${name} reads it otherwise` }) as const,
    );
    return {
      subject: `canary: ${JSON.stringify(text)}`,
      judge: 'any reader',
      passed: wrong.length > 0,
      findings,
    };
  });
}

/** A check for each reader: all of the texts are the documents that were meant. */
function agreeing(judges: TextJudges, subject: string, samples: readonly Sample[]): readonly Check[] {
  if (samples.length === 0) return [];
  const readings = Object.entries(judges.read(samples.map(({ text }) => text)));
  return readings.map(([judge, texts]) => {
    const findings = samples.flatMap((sample, index) => differing(sample, texts[index] ?? 'not read'));
    const cell = findings.length === 0 ? { cell: `ok (${samples.length})` } : {};
    return { subject, judge, passed: findings.length === 0, findings, ...cell };
  });
}

function differing({ text, documents }: Sample, reading: Reading): readonly Finding[] {
  if (isDeepStrictEqual(reading, documents)) return [];
  return [
    {
      severity: 'error',
      text: `${JSON.stringify(text)} is read as ${JSON.stringify(reading)}`.slice(0, 600),
    },
  ];
}

function unchanged({ title, accepted, changed }: Tried): Check {
  const findings = changed.map(
    (text) => ({ severity: 'error', text: `${text} changes the structure` }) as const,
  );
  const cell = changed.length === 0 ? { cell: `ok (${accepted})` } : {};
  return { subject: `kit: ${title}`, judge: 'structure', passed: changed.length === 0, findings, ...cell };
}

/** Every text is itself after the expansion, with dollar signs made literal. */
function expanding(judges: TextJudges): Check {
  const unit = fc.constantFrom(...'$$$$()()ab_\\\'" ', 'NODE_NAME', 'é', '🦭');
  const texts = fc.sample(fc.string({ unit, maxLength: 12 }), VALUES);
  const expanded = judges.expand(texts.map(literalDollars));
  const findings = texts.flatMap((text, index) =>
    expanded[index] === text
      ? []
      : [
          {
            severity: 'error',
            text: `${JSON.stringify(text)} becomes ${JSON.stringify(expanded[index])}`,
          } as const,
        ],
  );
  const bare = judges.expand(['$$$(NODE_NAME)'])[0];
  const blind = bare === '$<NODE_NAME>' ? [] : [{ severity: 'error', text: 'it expands nothing' } as const];
  const all = [...findings, ...blind];
  const cell = all.length === 0 ? { cell: `ok (${VALUES})` } : {};
  const subject = `literal dollar signs in ${VALUES} values`;
  return { subject, judge: judges.expansion, passed: all.length === 0, findings: all, ...cell };
}

/** Programs of Elastic take a setting as it is exactly where kits take it. */
function configuring(judges: TextJudges): Check {
  const unit = fc.constantFrom(...'$$$${{}}:ab.,[]\\\'" ', 'HOME', 'é');
  const texts = fc.sample(fc.string({ unit, maxLength: 12 }), VALUES);
  const read = judges.configure(texts);
  const findings = texts.flatMap((text, index) =>
    (read[index] === text) === (replacedPart(text) === undefined)
      ? []
      : [
          {
            severity: 'error',
            text: `${JSON.stringify(text)} is read as ${JSON.stringify(read[index])}`,
          } as const,
        ],
  );
  const passed = findings.length === 0;
  const cell = passed ? { cell: `ok (${VALUES})` } : {};
  return {
    subject: `dollar signs in ${VALUES} settings`,
    judge: judges.configuration,
    passed,
    findings,
    ...cell,
  };
}
