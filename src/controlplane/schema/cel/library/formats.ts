/** Named formats of strings: `format.dns1123Label().validate(self)` answers nothing, or what is wrong. */
import { Optional } from '@marcbachmann/cel-js';
import { hasFormat } from '../../structural/format.ts';
import type { Functions, Library } from './library.ts';

class Format {
  readonly name: string;
  readonly check: (text: string) => boolean;

  constructor(name = '', check: (text: string) => boolean = () => true) {
    this.name = name;
    this.check = check;
  }
}

class FormatNamespace {}

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const QUALIFIED = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  dns1123Label: (text) => text.length <= 63 && LABEL.test(text),
  dns1123Subdomain: (text) => text.length <= 253 && SUBDOMAIN.test(text),
  dns1035Label: (text) => text.length <= 63 && LABEL_1035.test(text),
  dns1123LabelPrefix: (text) => text.length <= 63 && LABEL.test(text.replace(/-$/, 'a')),
  dns1123SubdomainPrefix: (text) => text.length <= 253 && SUBDOMAIN.test(text.replace(/-$/, 'a')),
  dns1035LabelPrefix: (text) => text.length <= 63 && LABEL_1035.test(text.replace(/-$/, 'a')),
  qualifiedName: isQualified,
  labelValue: (text) => text === '' || (text.length <= 63 && QUALIFIED.test(text)),
  uri: (text) => hasFormat('uri', text),
  uuid: (text) => hasFormat('uuid', text),
  byte: (text) => hasFormat('byte', text),
  date: (text) => hasFormat('date', text),
  datetime: (text) => hasFormat('date-time', text),
};

const known = new Map(Object.entries(FORMATS).map(([name, check]) => [name, new Format(name, check)]));

export const FORMATS_LIBRARY: Library = {
  types: { 'kubernetes.NamedFormat': Format as never, FormatNamespace },
  namespaces: { format: 'FormatNamespace' },
  functions: {
    ...Object.assign(
      {},
      ...[...known].map(
        ([name, format]): Functions => ({ [`FormatNamespace.${name}(): kubernetes.NamedFormat`]: () => format }),
      ),
    ),
    'FormatNamespace.named(string): optional<kubernetes.NamedFormat>': (_, name: string) => {
      const format = known.get(name);
      return format ? Optional.of(format) : Optional.none();
    },
    'kubernetes.NamedFormat.validate(string): optional<list<string>>': (format: Format, text: string) =>
      format.check(text) ? Optional.none() : Optional.of([`does not match format "${format.name}"`]),
  },
};

function isQualified(text: string): boolean {
  const slash = text.indexOf('/');
  const [prefix, name] = slash < 0 ? [undefined, text] : [text.slice(0, slash), text.slice(slash + 1)];
  const prefixFits = prefix === undefined || (prefix.length <= 253 && SUBDOMAIN.test(prefix));
  return prefixFits && name.length <= 63 && QUALIFIED.test(name);
}
