/**
 * The commands that a simulated container knows. It does what it can do truly and says of everything else that it is
 * simulated; it never pretends to have done something.
 */
import { type Clock, sleep } from '../../kube/index.ts';
import { parseScript } from './script.ts';
import type { Surroundings } from './surroundings.ts';

export interface CommandContext extends Surroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly stdin: AsyncIterable<string> | undefined;
  readonly tty: boolean;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Thrown by `exit`; ends the shell, not the container. */
class Exit {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}

type Command = (args: readonly string[], context: CommandContext) => number | Promise<number>;

const SHELLS = ['sh', 'bash', 'ash', 'dash'];

/** Runs one command line and answers its exit code. */
export async function runCommand(argv: readonly string[], context: CommandContext): Promise<number> {
  try {
    return await execute(argv, context);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  }
}

const COMMANDS: Readonly<Record<string, Command>> = {
  true: () => 0,
  ':': () => 0,
  false: () => 1,
  echo: (args, { out }) => {
    const plain = args[0] === '-n';
    out(`${args.slice(plain ? 1 : 0).join(' ')}${plain ? '' : '\n'}`);
    return 0;
  },
  env: (_, context) => printEnvironment(context),
  printenv: (args, context) => {
    if (args.length === 0) return printEnvironment(context);
    const values = args.map((name) => context.environment.get(name));
    for (const value of values) if (value !== undefined) context.out(`${value}\n`);
    return values.every((value) => value !== undefined) ? 0 : 1;
  },
  hostname: (_, { out, hostname }) => print(out, hostname),
  pwd: (_, { out }) => print(out, '/'),
  whoami: (_, { out }) => print(out, 'root'),
  id: (_, { out }) => print(out, 'uid=0(root) gid=0(root) groups=0(root)'),
  uname: (args, { out, hostName }) =>
    print(out, args.length === 0 ? 'Linux' : `Linux ${hostName} 6.6.0-jdos simulated x86_64`),
  date: (_, { out, clock }) => print(out, new Date(clock.now()).toUTCString().replace('GMT', 'UTC')),
  cat: (args, context) => cat(args, context),
  ls: (args, context) =>
    list(
      args.filter((arg) => !arg.startsWith('-')),
      context,
    ),
  ps: (_, { out, command }) => {
    const main = command.join(' ') || '(the entrypoint of the image)';
    return print(out, `PID   USER     COMMAND\n    1 root     ${main} [simulated]\n   10 root     ps`);
  },
  sleep: async (args, { clock, signal, err }) => {
    const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(args[0] ?? '');
    if (!match) {
      err(`sleep: invalid number '${args[0] ?? ''}'\n`);
      return 1;
    }
    await sleep(clock, Number(match[1]) * { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }[match[2] ?? '']! * 1000, signal);
    return 0;
  },
  exit: (args) => {
    throw new Exit(Number(args[0] ?? 0) & 255);
  },
  help: (_, { out }) => print(out, `This container is simulated. It knows: ${known()}.`),
};

function known(): string {
  return [...Object.keys(COMMANDS), ...SHELLS].join(', ');
}

async function execute(argv: readonly string[], context: CommandContext): Promise<number> {
  const [path = '', ...args] = argv;
  const name = path.replace(/^(\/usr)?(\/local)?\/s?bin\//, '');
  if (SHELLS.includes(name)) return await shell(args, context);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return await command(args, context);
  context.err(`${name}: not found: this container is simulated and knows only: ${known()}\n`);
  return 127;
}

/** `sh -c SCRIPT`, or lines from stdin until it ends. */
async function shell(args: readonly string[], context: CommandContext): Promise<number> {
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  if (at >= 0) return await guarded(() => script(args[at + 1] ?? '', context));
  if (!context.stdin) return 0;
  const prompt = () => context.tty && context.out('/ # ');
  if (context.tty) context.out('This container is simulated; `help` says what it knows.\n');
  prompt();
  return await guarded(async () => {
    let code = 0;
    for await (const line of linesOf(context)) {
      code = await script(line, context);
      prompt();
    }
    return code;
  });
}

async function guarded(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  }
}

async function script(text: string, context: CommandContext): Promise<number> {
  const steps = parseScript(text, context.environment);
  if (typeof steps === 'string') {
    context.err(`sh: ${steps}\n`);
    return 2;
  }
  let code = 0;
  for (const { after, argv } of steps) {
    if ((after === '&&' && code !== 0) || (after === '||' && code === 0)) continue;
    context.signal.throwIfAborted();
    code = await execute(argv, context);
  }
  return code;
}

/** A terminal sends single keys and wants to see them; a pipe sends pieces of any size. */
async function* linesOf({ stdin, tty, out }: CommandContext): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of stdin!) {
    for (const char of piece) {
      if (tty && char === '\u0004' && rest === '') return;
      if (tty && char === '\u0003') {
        rest = '';
        out('^C\n/ # ');
      } else if (tty && (char === '\u007f' || char === '\b')) {
        if (rest !== '') out('\b \b');
        rest = rest.slice(0, -1);
      } else if (char === '\n' || char === '\r') {
        if (tty) out('\n');
        yield rest;
        rest = '';
      } else {
        if (tty) out(char);
        rest += char;
      }
    }
  }
  if (rest !== '') yield rest;
}

function print(out: (text: string) => void, text: string): number {
  out(`${text}\n`);
  return 0;
}

function printEnvironment({ environment, out }: CommandContext): number {
  for (const [name, value] of environment) out(`${name}=${value}\n`);
  return 0;
}

async function cat(paths: readonly string[], { files, directories, out, err, stdin }: CommandContext): Promise<number> {
  if (paths.length === 0 && stdin) {
    for await (const piece of stdin) out(piece);
    return 0;
  }
  let code = 0;
  for (const path of paths) {
    const text = files.get(path);
    if (text !== undefined) {
      out(text);
      continue;
    }
    if (directories.has(path)) {
      err(`cat: read error: Is a directory\n`);
      code = 1;
      continue;
    }
    err(`cat: can't open '${path}': No such file or directory (simulated: only mounted configuration is here)\n`);
    code = 1;
  }
  return code;
}

function list(paths: readonly string[], { files, out, err }: CommandContext): number {
  let code = 0;
  for (const path of paths.length > 0 ? paths : ['/']) {
    const names = entries(path, files);
    if (names) for (const name of names) out(`${name}\n`);
    else {
      err(`ls: ${path}: No such file or directory (simulated: only mounted configuration is here)\n`);
      code = 1;
    }
  }
  return code;
}

function entries(path: string, files: ReadonlyMap<string, string>): string[] | undefined {
  if (files.has(path)) return [path];
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const inside = [...files.keys()].filter((file) => file.startsWith(prefix));
  if (inside.length === 0) return undefined;
  return [...new Set(inside.map((file) => file.slice(prefix.length).split('/')[0]!))].sort();
}
