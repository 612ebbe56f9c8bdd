/** The formats of strings that an API server checks; any other is a remark. */
import { isIPv4, isIPv6 } from 'node:net';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SHORT_NAME = new RegExp(`^${LABEL}$`);
const LONG_NAME = new RegExp(`^${LABEL}(\\.${LABEL})*$`);
/** One label, or several that end in a word of letters. */
const HOST = /^([a-z0-9](-?[a-z0-9]{0,62})?|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63})$/i;
const MAC = /^([0-9a-f]{2}([:-])(?:[0-9a-f]{2}\2){4}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4})$/i;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt ]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
const GO_DURATION = /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/;
const WORD_DURATION =
  /^\d+\s*(ns|nanos?|nanoseconds?|us|µs|micros?|ms|millis?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)$/i;

const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': isDateTime,
  datetime: isDateTime,
  date: (text) => DATE.test(text) && isReal(text),
  duration: (text) => text === '0' || GO_DURATION.test(text) || WORD_DURATION.test(text),
  byte: (text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
  uri: isUri,
  email: (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text),
  hostname: (text) => text.length <= 255 && HOST.test(text),
  ipv4: isIPv4,
  ipv6: isIPv6,
  cidr: isCidr,
  mac: (text) => MAC.test(text),
  uuid: (text) => UUID.test(text),
  uuid3: (text) => UUID.test(text) && versionOf(text) === '3',
  uuid4: (text) => UUID.test(text) && versionOf(text) === '4',
  uuid5: (text) => UUID.test(text) && versionOf(text) === '5',
  hexcolor: (text) => /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.test(text),
  'k8s-short-name': (text) => text.length <= 63 && SHORT_NAME.test(text),
  'k8s-long-name': (text) => text.length <= 253 && LONG_NAME.test(text),
};

/** Does `text` have the format? Unknown formats are always had. */
export function hasFormat(format: string, text: string): boolean {
  const check = Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  return check ? check(text) : true;
}

function isDateTime(text: string): boolean {
  return DATE_TIME.test(text) && DATE.test(text.slice(0, 10)) && isReal(text.slice(0, 10));
}

/** Not the 30th of February. */
function isReal(date: string): boolean {
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}

function isUri(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\S*$/i.test(text) || /^\/\S*$/.test(text);
}

function isCidr(text: string): boolean {
  const [address, bits, more] = text.split('/');
  if (more !== undefined || bits === undefined || !/^\d{1,3}$/.test(bits)) return false;
  return isIPv4(address!) ? Number(bits) <= 32 : isIPv6(address!) && Number(bits) <= 128;
}

function versionOf(uuid: string): string {
  return uuid.replaceAll('-', '')[12]!;
}
