import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** What jest's `--json` writes at the end, in the file that REPORT names, after each suite: a run that is ended counts too. */
// biome-ignore lint/style/noDefaultExport: jest wants it
export default class GrowingReport {
  #file = process.env.REPORT;

  onTestFileResult(_test, _result, { testResults, ...counts }) {
    const suites = testResults.map(({ testFilePath, failureMessage, testResults: assertionResults }) => ({
      name: testFilePath,
      message: failureMessage ?? '',
      assertionResults,
    }));
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(`${this.#file}.part`, JSON.stringify({ ...counts, testResults: suites }));
    renameSync(`${this.#file}.part`, this.#file);
  }
}
