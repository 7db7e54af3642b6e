import { hex } from '../../lint/rule.ts';
import { extensionOf, type ListRule } from './rule.ts';

/** SEQUENCE { [0] { [0] { [6] url ... } }, [1] or [2] TRUE }, in hex, for URLs of fewer than 100 octets or more. */
function expected(urls: readonly string[], only: 'leaves' | 'cas'): string {
  const names = urls.map((url) => tagged('86', Buffer.from(url, 'latin1').toString('hex'))).join('');
  const flag = only === 'leaves' ? '8101ff' : '8201ff';
  return tagged('30', tagged('a0', tagged('a0', names)) + flag);
}

function tagged(tag: string, contents: string): string {
  const length = contents.length / 2;
  const octets = length.toString(16).padStart(length < 256 ? 2 : 4, '0');
  return tag + (length < 128 ? '' : length < 256 ? '81' : '82') + octets + contents;
}

export const issuingDistributionPoint: ListRule = {
  name: 'issuing_distribution_point',
  citation:
    'RFC 5280 section 5.2.5: the URL of the distribution points and what is covered; a full list has none, for verifiers that cannot read it',
  check: (list, { plan }) => {
    const value = extensionOf(list, 'issuingDistributionPoint')?.value;
    if (plan.scope === undefined) return value === undefined ? undefined : 'a full list must not have it';
    if (value === undefined) return 'it is missing';
    const { url, otherUrls = [], only } = plan.scope;
    const urls = [url, ...otherUrls];
    const wrong = urls.find((one) => !/^http:\/\/[!-~]+$/.test(one));
    if (wrong !== undefined) return `${wrong} is not a plain HTTP URL (section 4.2.1.13 and section 8)`;
    return hex(value) === expected(urls, only) ? undefined : `${hex(value)} is not ${expected(urls, only)}`;
  },
};
