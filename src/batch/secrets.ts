/** Takes secrets out of command lines before these are logged, shown or written down. */

const MASK = '********';
const NAMES = 'pass(?:word|wd|phrase)?|token|secret|api[-_]?key|access[-_]?key|private[-_]?key|credential|auth';
/** `--token=x`, `PASSWORD=x`, `"password": "x"` */
const ASSIGNED = new RegExp(`((?:[\\w-]*(?:${NAMES})[\\w-]*)["']?\\s*[=:]\\s*["']?)([^\\s"'&,;]+)`, 'gi');
/** `--token x` */
const FLAG = new RegExp(`^--?[\\w-]*(?:${NAMES})[\\w-]*$`, 'i');
/** `Authorization: Bearer x`, `https://user:x@host` */
const BEARER = /\b(bearer|basic)\s+[\w+/=.~-]+/gi;
const URL_PASSWORD = /(\w+:\/\/[^\s:/@]+:)[^\s@]+@/g;

/** The command as one line, for people. */
export function masked(command: readonly string[]): string {
  return command.map((word, i) => (i > 0 && FLAG.test(command[i - 1]!) ? MASK : maskText(word))).join(' ');
}

export function maskText(text: string): string {
  return text
    .replace(BEARER, (_, kind: string) => `${kind} ${MASK}`)
    .replace(URL_PASSWORD, `$1${MASK}@`)
    .replace(ASSIGNED, (all, name: string, value: string) => (/^(bearer|basic)$/i.test(value) ? all : name + MASK));
}
