import { accessDescriptions } from './authority-information-access.ts';
import { distributionPointUrl } from './crl-distribution-points.ts';
import { extensionOf, type Rule } from './rule.ts';

/** What is wrong with an address, or undefined. Written in its normal form, it has only one reading. */
function problem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:') return `${text} is not an http URL`;
  const plain = `http://${url.host}${url.pathname}`;
  return text === plain && url.pathname !== '/' ? undefined : `${text} is more than a host and a path`;
}

export const plainHttpUrls: Rule = {
  name: 'plain_http_urls',
  citation:
    'RFC 5280 sections 4.2.1.13, 4.2.2.1 and 8: an absolute URL, and no https, which would need a certificate to check a certificate',
  check: (tbs) => {
    const points = extensionOf(tbs, '2.5.29.31');
    const access = extensionOf(tbs, '1.3.6.1.5.5.7.1.1');
    const urls = [
      ...(points ? [distributionPointUrl(points.value)] : []),
      ...(access ? accessDescriptions(access.value).map(({ url }) => url) : []),
    ];
    const problems = urls.flatMap((url) => problem(url) ?? []);
    return problems.length > 0 ? problems.join(', ') : undefined;
  },
};
