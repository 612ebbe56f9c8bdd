/** The little of the shell's grammar that simulated containers understand: words, quotes, variables, `;`, `&&`, `||`. */

export interface ScriptStep {
  /** What stands before the step and decides whether it runs. */
  readonly after: ';' | '&&' | '||';
  readonly argv: readonly string[];
}

const BEYOND = /^[|&<>(){}`*]/;

/** The steps of a script, variables filled in; or, in words, what it asks for that is not understood. */
export function parseScript(text: string, environment: ReadonlyMap<string, string>): ScriptStep[] | string {
  const steps: ScriptStep[] = [];
  let after: ScriptStep['after'] = ';';
  let argv: string[] = [];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) argv.push(word);
    word = undefined;
  };
  const endStep = (next: ScriptStep['after']) => {
    endWord();
    if (argv.length > 0) steps.push({ after, argv });
    argv = [];
    after = next;
  };
  for (let i = 0; i < text.length; ) {
    const rest = text.slice(i);
    const quoted = /^'([^']*)'/.exec(rest) ?? /^"((?:[^"\\]|\\.)*)"/.exec(rest);
    const operator = /^(&&|\|\||;|\n)/.exec(rest)?.[1];
    if (quoted) {
      word =
        (word ?? '') + (rest[0] === "'" ? quoted[1] : expand(quoted[1]!.replace(/\\(["\\$`])/g, '$1'), environment));
      i += quoted[0].length;
    } else if (rest[0] === "'" || rest[0] === '"') {
      return `syntax error: unterminated quoted string`;
    } else if (operator) {
      endStep(operator === '\n' ? ';' : (operator as ScriptStep['after']));
      i += operator.length;
    } else if (/^#/.test(rest) && word === undefined) {
      i += /^[^\n]*/.exec(rest)![0].length;
    } else if (/^\s/.test(rest)) {
      endWord();
      i++;
    } else if (/^\$\(/.test(rest) || BEYOND.test(rest)) {
      return `\`${rest[0] === '$' ? '$(' : rest[0]}\` is not understood here: this container is simulated`;
    } else {
      const plain = /^(\$\{?\w+\}?|\$[?]|\\.|[^\s'"$;&|<>(){}`*\\]+|\$)/.exec(rest)![0];
      word = (word ?? '') + (plain.startsWith('\\') ? plain.slice(1) : expand(plain, environment));
      i += plain.length;
    }
  }
  endStep(';');
  return steps;
}

function expand(text: string, environment: ReadonlyMap<string, string>): string {
  return text.replace(
    /\$(?:\{(\w+)\}|(\w+))/g,
    (_, braced?: string, bare?: string) => environment.get(braced ?? bare ?? '') ?? '',
  );
}
