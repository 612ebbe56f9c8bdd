/** The grammar of label selector texts, with faults worded as Kubernetes words them. */
import { labelKeyErrors } from './label.ts';
import { type Operator, type Requirement, requirementErrors } from './requirement.ts';
import { failure } from './status.ts';

const TOKEN = /[ \t\r\n]*(==|!=|[=!(),<>]|[^ \t\r\n=!(),<>]+)/y;
const SYMBOL = /^[=!(),<>]/;
const BINARY: Record<string, Operator> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

/** Throws BadRequest. The text's end is read as the empty token. */
export function parseRequirements(text: string): Requirement[] {
  const tokens = new Tokens(text);
  const requirements: Requirement[] = [];
  while (tokens.peek() !== '') {
    if (!tokens.atIdentifier() && tokens.peek() !== '!')
      refuse(tokens.peek(), ", expected: !, identifier, or 'end of string'");
    requirements.push(parseRequirement(tokens));
    const separator = tokens.take();
    if (separator === '') break;
    if (separator !== ',') refuse(separator, ", expected: ',' or 'end of string'");
    if (!tokens.atIdentifier() && tokens.peek() !== '!') refuse(tokens.peek(), ", expected: identifier after ','");
  }
  return requirements;
}

class Tokens {
  readonly #tokens: string[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = [...text.matchAll(new RegExp(TOKEN, 'gy'))].map((match) => match[1]!);
  }

  peek(): string {
    return this.#tokens[this.#next] ?? '';
  }

  take(): string {
    return this.#tokens[this.#next++] ?? '';
  }

  atIdentifier(): boolean {
    return this.peek() !== '' && !SYMBOL.test(this.peek());
  }
}

function parseRequirement(tokens: Tokens): Requirement {
  const absent = tokens.peek() === '!';
  if (absent) tokens.take();
  const key = parseKey(tokens);
  if (absent) return checked(key, '!', []);
  if (tokens.peek() === '' || tokens.peek() === ',') return checked(key, 'exists', []);
  const operator = parseOperator(tokens);
  const values = operator === 'in' || operator === 'notin' ? parseValues(tokens) : [parseValue(tokens)];
  return checked(key, operator, [...new Set(values)].sort());
}

function parseKey(tokens: Tokens): string {
  if (!tokens.atIdentifier()) refuseRequirement(tokens.peek(), ', expected: identifier');
  const key = tokens.take();
  const faults = labelKeyErrors(key);
  if (faults.length > 0) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${faults.join('; ')}`);
  return key;
}

function parseOperator(tokens: Tokens): Operator {
  const token = tokens.take();
  const operator = Object.hasOwn(BINARY, token) ? BINARY[token] : undefined;
  return operator ?? refuseRequirement(token, ', expected: in, notin, =, ==, !=, gt, lt');
}

/** A value may be left out: `a=` asks for the empty one. */
function parseValue(tokens: Tokens): string {
  if (tokens.peek() === '' || tokens.peek() === ',') return '';
  if (!tokens.atIdentifier()) refuseRequirement(tokens.peek(), ', expected: identifier');
  return tokens.take();
}

/** `(a,b)`; an empty place between commas stands for the empty value. */
function parseValues(tokens: Tokens): string[] {
  if (tokens.peek() !== '(') refuseRequirement(tokens.peek(), " expected: '('");
  tokens.take();
  const values: string[] = [];
  if (!tokens.atIdentifier() && tokens.peek() !== ',' && tokens.peek() !== ')') {
    refuseRequirement(tokens.peek(), ", expected: ',', ')' or identifier");
  }
  for (;;) {
    values.push(tokens.atIdentifier() ? tokens.take() : '');
    const token = tokens.take();
    if (token === ')') return values;
    if (token !== ',')
      refuseRequirement(token, values.at(-1) === '' ? ", expected: ',', or identifier" : ", expected: ',' or ')'");
  }
}

function checked(key: string, operator: Operator, values: string[]): Requirement {
  const faults = requirementErrors(key, operator, values);
  if (faults.length > 0) throw unparsable(faults.length === 1 ? faults[0]! : `[${faults.join(', ')}]`);
  return { key, operator, values };
}

function refuse(found: string, rest: string): never {
  throw failure('BadRequest', `found '${found}'${rest}`);
}

function refuseRequirement(found: string, rest: string): never {
  throw unparsable(`found '${found}'${rest}`);
}

function unparsable(detail: string): Error {
  return failure('BadRequest', `unable to parse requirement: ${detail}`);
}
