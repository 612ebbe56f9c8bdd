/** Which texts may name things in Kubernetes. Each rule answers the faults of a text, in the API server's words. */

export type NameRule = (text: string) => string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const DNS_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';

const alphanumericEnds = 'and must start and end with an alphanumeric character';
const messages = {
  label: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', ${alphanumericEnds} (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL}')`,
  subdomain: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', ${alphanumericEnds} (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`,
  dns1035: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${DNS_1035}')`,
  wildcard: `a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.${SUBDOMAIN}')`,
  qualified: `must consist of alphanumeric characters, '-', '_' or '.', ${alphanumericEnds} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED}')`,
  labelValue: `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', ${alphanumericEnds} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${LABEL_VALUE}')`,
  configKey: `a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '${CONFIG_KEY}')`,
};

const patterns = {
  label: whole(LABEL),
  subdomain: whole(SUBDOMAIN),
  dns1035: whole(DNS_1035),
  wildcard: whole(`\\*\\.${SUBDOMAIN}`),
  qualified: whole(QUALIFIED),
  labelValue: whole(LABEL_VALUE),
  configKey: whole(CONFIG_KEY),
};

export const dnsLabel: NameRule = (text) => {
  const tooLong = text.length > 63 ? [atMost(63)] : [];
  if (patterns.label.test(text)) return tooLong;
  return [...tooLong, patterns.subdomain.test(text) ? 'must not contain dots' : messages.label];
};
export const dnsSubdomain: NameRule = limited(253, patterns.subdomain, messages.subdomain);
export const dns1035Label: NameRule = limited(63, patterns.dns1035, messages.dns1035);
export const wildcardSubdomain: NameRule = limited(253, patterns.wildcard, messages.wildcard);
export const labelValue: NameRule = limited(63, patterns.labelValue, messages.labelValue);

/** A name with an optional DNS prefix, as label and annotation keys are: `app`, `example.com/app`. */
export const qualifiedName: NameRule = (text) => {
  const parts = text.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name ${messages.qualified} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const name = parts.at(-1)!;
  return [...(parts.length === 2 ? prefixFaults(parts[0]!) : []), ...namePartFaults(name)];
};

function prefixFaults(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  return dnsSubdomain(prefix).map((fault) => `prefix part ${fault}`);
}

function namePartFaults(name: string): string[] {
  const faults: string[] = [];
  if (name === '') faults.push('name part must be non-empty');
  else if (name.length > 63) faults.push(`name part ${atMost(63)}`);
  if (!patterns.qualified.test(name)) faults.push(`name part ${messages.qualified}`);
  return faults;
}

/** Keys of ConfigMaps and Secrets. */
export const configMapKey: NameRule = (text) => {
  const faults: string[] = [];
  if (text.length > 253) faults.push(atMost(253));
  if (!patterns.configKey.test(text)) faults.push(messages.configKey);
  if (text === '.') faults.push("must not be '.'");
  if (text === '..') faults.push("must not be '..'");
  else if (text.startsWith('..')) faults.push("must not start with '..'");
  return faults;
};

export const envVarName: NameRule = (text) =>
  /^[ -<>-~]+$/.test(text)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];

/** A name of a port on a Pod (IANA service name). */
export const portName: NameRule = (text) => {
  const faults: string[] = [];
  if (text.length > 15) faults.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(text)) faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) faults.push('must contain at least one letter (a-z)');
  if (text.includes('--')) faults.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) faults.push('must not begin or end with a hyphen');
  return faults;
};

/** A name that may stand in a path: RBAC names contain `:`. */
export const pathSegment: NameRule = (text) => {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter((c) => text.includes(c)).map((c) => `may not contain '${c}'`);
};

/** What `generateName` must satisfy: the rule, for a name of which the end is still to come. */
export function prefixOf(rule: NameRule): NameRule {
  return (text) => rule(text.length > 1 && text.endsWith('-') ? `${text.slice(0, -1)}a` : text);
}

export function portNumber(port: unknown): string[] {
  return Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65535
    ? []
    : ['must be between 1 and 65535, inclusive'];
}

function limited(max: number, pattern: RegExp, message: string): NameRule {
  return (text) => [...(text.length > max ? [atMost(max)] : []), ...(pattern.test(text) ? [] : [message])];
}

function atMost(bytes: number): string {
  return `must be no more than ${bytes} bytes`;
}

function whole(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`);
}
