/** How results read: as Ansible's minimal and one-line forms print them, so that scripts which read those go on working. */
import type { TargetResult } from './job.ts';

export interface PrintOptions {
  /** @default 'CHANGED', as Ansible says of raw commands that have ended well; once it was SUCCESS */
  readonly caption?: string;
}

/** `NAME | CHANGED | rc=0 >>`, then what was written, then the end of a line. */
export function minimal({ target, outcome }: TargetResult, { caption = 'CHANGED' }: PrintOptions = {}): string {
  if (outcome.kind === 'unreachable') return `${target.name} | UNREACHABLE! => ${unreachableJson(outcome.message)}\n`;
  if (outcome.kind === 'skipped') return `${target.name} | SKIPPED\n`;
  const { rc, stdout, stderr, kind } = outcome;
  const [word, message] = kind === 'ok' ? [caption, ''] : ['FAILED', NON_ZERO];
  return `${target.name} | ${word} | rc=${rc} >>\n${stdout}${stderr}${message}\n`;
}

/** `NAME | CHANGED | rc=0 | (stdout) a\nb` */
export function oneLine({ target, outcome }: TargetResult, { caption = 'CHANGED' }: PrintOptions = {}): string {
  if (outcome.kind === 'unreachable') return `${target.name} | UNREACHABLE!: ${escaped(outcome.message)}\n`;
  if (outcome.kind === 'skipped') return `${target.name} | SKIPPED\n`;
  const { rc, stdout, stderr, kind } = outcome;
  if (kind === 'failed') return `${target.name} | FAILED! => ${failedJson(rc, stdout, stderr)}\n`;
  const errors = stderr ? ` (stderr) ${escaped(stderr)}` : '';
  return `${target.name} | ${caption} | rc=${rc} | (stdout) ${escaped(stdout)}${errors}\n`;
}

const NON_ZERO = 'non-zero return code';

/** On one line, with Ansible's spaces. */
function failedJson(rc: number, stdout: string, stderr: string): string {
  const lines = (text: string) => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));
  const fields = {
    changed: true,
    msg: NON_ZERO,
    rc,
    stderr,
    stderr_lines: lines(stderr),
    stdout,
    stdout_lines: lines(stdout),
  };
  const members = Object.entries(fields).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{${members.join(',')}}`;
}

/** For programs: one object a target. */
export function resultData({ target, outcome }: TargetResult): object {
  const { name, namespace, pod, container, host, address } = target;
  return { name, namespace, pod, container, host, address, ...outcome };
}

function unreachableJson(msg: string): string {
  return JSON.stringify({ changed: false, msg, unreachable: true }, null, 4);
}

function escaped(text: string): string {
  return text.replace(/\r?\n/g, '\\n');
}
