/** URLs, as Go's `net/url` reads request URIs: absolute, or a path from the root. */
import type { Library } from './library.ts';

class Url {
  readonly text: string;
  readonly parsed: URL;
  readonly absolute: boolean;

  constructor(text: string) {
    this.text = text;
    this.absolute = /^[a-z][a-z0-9+.-]*:/i.test(text);
    if (!this.absolute && !text.startsWith('/')) throw new Error(`parse "${text}": invalid URI for request`);
    this.parsed = new URL(text, 'none://none');
  }
}

export const URLS: Library = {
  types: { 'kubernetes.URL': Url as new (...args: never[]) => object as never },
  functions: {
    'url(string): kubernetes.URL': (text: string) => urlOf(text),
    'isURL(string): bool': (text: string) => URL.canParse(text) || text.startsWith('/'),
    'kubernetes.URL.getScheme(): string': (url: Url) => (url.absolute ? url.parsed.protocol.slice(0, -1) : ''),
    'kubernetes.URL.getHost(): string': (url: Url) => authority(url),
    'kubernetes.URL.getHostname(): string': (url: Url) =>
      authority(url)
        .replace(/:\d*$/, '')
        .replace(/^\[|\]$/g, ''),
    'kubernetes.URL.getPort(): string': (url: Url) => /:(\d*)$/.exec(authority(url))?.[1] ?? '',
    'kubernetes.URL.getEscapedPath(): string': (url: Url) =>
      /^[^?#]*?[^/:]$/.test(url.text) && url.parsed.pathname === '/' ? '' : url.parsed.pathname,
    'kubernetes.URL.getQuery(): map<string, list<string>>': (url: Url) => queryOf(url),
  },
  equal: { 'kubernetes.URL': (a: Url, b: Url) => a.text === b.text },
};

function urlOf(text: string): Url {
  try {
    return new Url(text);
  } catch (cause) {
    throw new Error(`URL parse error during conversion from string: parse "${text}": invalid URI for request`, {
      cause,
    });
  }
}

/** From the text: `URL` drops default ports. */
function authority(url: Url): string {
  const [, found = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url.text) ?? [];
  return found.slice(found.lastIndexOf('@') + 1);
}

function queryOf(url: Url): Map<string, string[]> {
  const query = new Map<string, string[]>();
  for (const [name, value] of url.parsed.searchParams) query.set(name, [...(query.get(name) ?? []), value]);
  return query;
}
