/**
 * What a container's command would do, where that can be known from its words alone: `sleep 30`, `sh -c "echo hi; exit
 * 3"`. Anything else is not known, and the container then lives by the rules of its kind.
 */
import type { core } from '../kube/index.ts';
import { parseScript } from './kubelet/script.ts';

export interface Program {
  /** Infinity when it never ends. */
  readonly ranMs: number;
  readonly exitCode: number;
  readonly output: readonly ProgramLine[];
}

export interface ProgramLine {
  /** Since the start. */
  readonly atMs: number;
  readonly text: string;
}

const SHELL = /^(\/usr)?(\/bin\/)?(sh|bash|ash|dash)$/;
const known = new WeakMap<core.Container, Program | 'unknown'>();

export function programOf(spec: core.Container): Program | undefined {
  let program = known.get(spec);
  if (!program) {
    program = read([...(spec.command ?? []), ...(spec.args ?? [])], spec) ?? 'unknown';
    known.set(spec, program);
  }
  return program === 'unknown' ? undefined : program;
}

function read(argv: readonly string[], spec: core.Container): Program | undefined {
  const environment = new Map((spec.env ?? []).map(({ name, value }) => [name, value ?? '']));
  const [path = '', flag = '', script] = argv;
  const steps = SHELL.test(path)
    ? flag === '-c' && script !== undefined && parseScript(script, environment)
    : [{ after: ';' as const, argv }];
  if (!steps || typeof steps === 'string' || steps.length === 0) return undefined;
  const output: ProgramLine[] = [];
  let ranMs = 0;
  let exitCode = 0;
  for (const step of steps) {
    if ((step.after === '&&' && exitCode !== 0) || (step.after === '||' && exitCode === 0)) continue;
    const done = act(step.argv);
    if (!done) return undefined;
    if (done.text !== undefined) output.push({ atMs: ranMs, text: done.text });
    ranMs += done.ms ?? 0;
    exitCode = done.code ?? 0;
    if (done.ends || ranMs === Infinity) break;
  }
  return { ranMs, exitCode, output };
}

interface Act {
  readonly ms?: number;
  readonly code?: number;
  readonly text?: string;
  readonly ends?: true;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };

function act([path = '', ...args]: readonly string[]): Act | undefined {
  switch (path.replace(/^(\/usr)?\/bin\//, '')) {
    case 'true':
    case ':':
      return {};
    case 'false':
      return { code: 1 };
    case 'echo':
      return { text: args.join(' ') };
    case 'exit':
      return { code: Number(args[0] ?? 0) & 255, ends: true };
    case 'sleep':
      return sleepOf(args[0] ?? '');
    default:
      return undefined;
  }
}

function sleepOf(text: string): Act | undefined {
  if (text === 'infinity' || text === 'inf') return { ms: Infinity };
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(text);
  return match ? { ms: Number(match[1]) * UNITS[match[2]!]! * 1000 } : undefined;
}
