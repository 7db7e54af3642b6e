import { describe, expect, test } from '@jest/globals';
import { withVariables } from '../../../../shared/elastic/syntax/script.ts';

const SH = `#!/bin/sh
# What it does: key=value.
(
  key=/etc/a.key
  key_mode=0600
  printf '%s' "$key" # not a line of its own
)
`;

describe('a script with variables', () => {
  test('gets other values, and nothing else changes', () => {
    expect(withVariables(SH, { key: `'/etc/$&/b.key'`, key_mode: '0640' })).toBe(
      SH.replace('/etc/a.key', () => `'/etc/$&/b.key'`).replace('0600', '0640'),
    );
    expect(withVariables("& {\n  $key = 'a'\n  use $key\n}\n", { $key: "'b'" })).toBe(
      "& {\n  $key = 'b'\n  use $key\n}\n",
    );
    expect(withVariables('key=a\n', { key: 'b' })).toBe('key=b\n');
  });

  test.each([
    ['none', 'pass', SH, '0 lines of the script assign pass; there must be one'],
    ['two', 'a', 'a=1\na=2\n', '2 lines of the script assign a; there must be one'],
  ])('is refused where %s of its lines assign one of them', (_, name, script, message) => {
    expect(() => withVariables(script, { [name]: 'x' })).toThrow(new RangeError(message));
  });
});
