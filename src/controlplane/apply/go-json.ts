/** JSON as Go's encoder writes maps: keys in order, and some characters of strings spelled out. */
import { isJsonObject } from '../../kube/index.ts';

export function goJson(value: unknown): string {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${text(key)}:${goJson(value[key])}`)
    .join(',')}}`;
}

const SPELLED_OUT = /[<>&\u2028\u2029]/g;

function text(value: string): string {
  const json = JSON.stringify(value);
  return json.search(SPELLED_OUT) < 0
    ? json
    : json.replace(SPELLED_OUT, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
