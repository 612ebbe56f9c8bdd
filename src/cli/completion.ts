/** `jdos completion`. */
import process from 'node:process';
import { Argument, type Command } from 'commander';
import { programFor } from './program.ts';

/** What may follow the words so far: `fleet fault` -> its subcommands and options, each with its description. */
interface Word {
  readonly path: string;
  readonly word: string;
  readonly description: string;
}

const SHELLS = { bash, zsh, fish } as const;

export function define(command: Command): void {
  command
    .addArgument(new Argument('<shell>').choices(Object.keys(SHELLS)))
    .addHelpText('after', HELP)
    .action(async (shell: keyof typeof SHELLS) => {
      process.stdout.write(SHELLS[shell](wordsOf(await programFor([], true))));
    });
}

const HELP = `
Load it in the running shell:
  bash   source <(jdos completion bash)
  zsh    source <(jdos completion zsh)
  fish   jdos completion fish | source`;

function wordsOf(command: Command, path = ''): Word[] {
  const options = command.options.filter((option) => option.long);
  return [
    ...command.commands.map((sub) => ({ path, word: sub.name(), description: sub.description() })),
    ...command.registeredArguments.flatMap((argument) => argument.argChoices ?? []).map(plain),
    ...options.map((option) => ({ path, word: option.long!, description: option.description })),
    ...command.commands.flatMap((sub) => wordsOf(sub, `${path} ${sub.name()}`.trim())),
  ];

  function plain(word: string): Word {
    return { path, word, description: '' };
  }
}

function byPath(words: readonly Word[]): [string, Word[]][] {
  return Object.entries(Object.groupBy(words, (word) => word.path)).map(([path, list]) => [path, list ?? []]);
}

function bash(words: readonly Word[]): string {
  const cases = byPath(words).map(
    ([path, list]) => `    '${path}') next='${list.map(({ word }) => word).join(' ')}' ;;`,
  );
  return `# bash completion for jdos
_jdos() {
  local path='' word next=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$path $word" in
${commandPaths(words)
  .map((path) => `      '${path.includes(' ') ? path : ` ${path}`}') path='${path}' ;;`)
  .join('\n')}
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$next" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _jdos jdos ./jdos
`;
}

function zsh(words: readonly Word[]): string {
  return `#compdef jdos
autoload -Uz bashcompinit && bashcompinit
${bash(words)}`;
}

function fish(words: readonly Word[]): string {
  const lines = words.map(({ path, word, description }) => {
    const steps = path.split(' ').filter(Boolean);
    const seen = steps.map((step) => `__fish_seen_subcommand_from ${step}`);
    const condition = seen.length === 0 ? '__fish_use_subcommand' : seen.join('; and ');
    const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
    return `complete -c jdos -n '${condition}' ${what} -d '${description.replaceAll(/['\\]/g, '\\$&')}'`;
  });
  return `# fish completion for jdos\n${lines.join('\n')}\n`;
}

function commandPaths(words: readonly Word[]): string[] {
  return [...new Set(words.map((word) => word.path))].filter(Boolean);
}
