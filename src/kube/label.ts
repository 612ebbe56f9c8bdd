/** Which keys and values labels may have, each fault in Kubernetes' words. Keys double as its "qualified names". */

const MAX_LENGTH = 63;
const MAX_PREFIX_LENGTH = 253;
const NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const DNS_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${DNS_LABEL}(\\.${DNS_LABEL})*`;
const NAME_FORM = new RegExp(`^${NAME}$`);
const VALUE_FORM = new RegExp(`^(${NAME})?$`);
const SUBDOMAIN_FORM = new RegExp(`^${SUBDOMAIN}$`);

const WORD_RULE =
  "consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const KEY_FAULT = `must ${WORD_RULE} (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${NAME}')`;
const VALUE_FAULT = `a valid label must be an empty string or ${WORD_RULE} (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${NAME})?')`;
const SUBDOMAIN_FAULT = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN}')`;

/** What is wrong with a label key: nothing, or one sentence a fault. */
export function labelKeyErrors(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2) {
    return [`a valid label key ${KEY_FAULT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const name = parts.at(-1)!;
  const faults = parts.length === 2 ? prefixErrors(parts[0]!) : [];
  if (name === '') faults.push('name part must be non-empty');
  if (name.length > MAX_LENGTH) faults.push(`name part must be no more than ${MAX_LENGTH} bytes`);
  if (!NAME_FORM.test(name)) faults.push(`name part ${KEY_FAULT}`);
  return faults;
}

/** What is wrong with a label value: nothing, or one sentence a fault. */
export function labelValueErrors(value: string): string[] {
  const faults: string[] = [];
  if (value.length > MAX_LENGTH) faults.push(`must be no more than ${MAX_LENGTH} bytes`);
  if (!VALUE_FORM.test(value)) faults.push(VALUE_FAULT);
  return faults;
}

function prefixErrors(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  const faults: string[] = [];
  if (prefix.length > MAX_PREFIX_LENGTH) faults.push(`prefix part must be no more than ${MAX_PREFIX_LENGTH} bytes`);
  if (!SUBDOMAIN_FORM.test(prefix)) faults.push(`prefix part ${SUBDOMAIN_FAULT}`);
  return faults;
}
