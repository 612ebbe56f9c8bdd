/** One rule of `x-kubernetes-validations`, checked against the types of its schema and ready to run. */
import { type Environment, EvaluationError, Optional, type TypeCheckResult } from '@marcbachmann/cel-js';
import type { FieldError } from '../../registry/definition.ts';
import { invalid, required, unsupported } from '../structural/fault.ts';
import { compilePattern } from '../structural/pattern.ts';
import type { StructuralSchema, ValidationRule } from '../structural/structural-schema.ts';
import { celEnvironment } from './environment.ts';
import { fieldPathOf } from './field-path.ts';
import { withPresence } from './presence.ts';
import { type TypedSchema, typedSchema } from './typed-schema.ts';

type CelFault = NonNullable<TypeCheckResult['error']>;

export interface CompiledRule {
  readonly rule: ValidationRule;
  /** Mentions oldSelf, so it is about a change. */
  readonly isTransition: boolean;
  run(self: unknown, old: unknown): unknown;
  /** The message for this value; undefined where the rule gives none or it cannot be made. */
  message(self: unknown, old: unknown): string | undefined;
}

export interface RuleSet {
  readonly typed: TypedSchema | undefined;
  readonly rules: readonly CompiledRule[];
  /** What is wrong with the rules, by place below `x-kubernetes-validations`. */
  readonly faults: readonly FieldError[];
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** Compiles the rules of one schema. @param path where the schema stands */
export function compileRules(schema: StructuralSchema, path: string, isResource: boolean): RuleSet {
  const plain = celEnvironment();
  const typed = typedSchema(plain, schema, isResource || schema['x-kubernetes-embedded-resource'] === true);
  if (typed) plain.registerVariable('self', typed.type);
  const rules: CompiledRule[] = [];
  const faults: FieldError[] = [];
  for (const [i, rule] of (schema['x-kubernetes-validations'] ?? []).entries()) {
    const where = `${path}.x-kubernetes-validations[${i}]`;
    const shape = shapeFaults(schema, rule, where);
    faults.push(...shape);
    const readable =
      rule.rule.trim() !== '' &&
      !shape.some((fault) => fault.field === `${where}.message` && fault.reason === 'FieldValueRequired');
    const compiled = typed && readable ? compile(plain, typed, rule, where) : undefined;
    if (compiled) faults.push(...compiled.faults);
    if (compiled?.rule) rules.push(compiled.rule);
  }
  return { typed, rules, faults };
}

function shapeFaults(schema: StructuralSchema, rule: ValidationRule, where: string): FieldError[] {
  const faults: FieldError[] = [];
  const { message, reason, fieldPath } = rule;
  if (rule.rule.trim() === '') faults.push(required(`${where}.rule`, 'rule is not specified'));
  if (message !== undefined && message !== '') {
    if (message.trim() === '') faults.push(invalid(`${where}.message`, message, 'must be non-empty if specified'));
    else if (/[\r\n]/.test(message)) faults.push(invalid(`${where}.message`, message, 'must not contain line breaks'));
  } else if (/[\r\n]/.test(rule.rule.trim())) {
    faults.push(required(`${where}.message`, 'message must be specified if rule contains line breaks'));
  }
  if (reason !== undefined && !REASONS.includes(reason)) faults.push(unsupported(`${where}.reason`, reason, REASONS));
  if (fieldPath !== undefined && fieldPathOf(schema, fieldPath) === undefined) {
    faults.push(invalid(`${where}.fieldPath`, fieldPath, 'must be a valid path'));
  }
  if (rule.optionalOldSelf !== undefined && !mentionsOld(rule.rule)) {
    const detail = 'may not be set if oldSelf is not used in rule';
    faults.push(invalid(`${where}.optionalOldSelf`, rule.optionalOldSelf, detail));
  }
  return faults;
}

function compile(
  plain: Environment,
  typed: TypedSchema,
  rule: ValidationRule,
  where: string,
): { rule?: CompiledRule; faults: FieldError[] } {
  const oldType = rule.optionalOldSelf ? `optional<${typed.type}>` : typed.type;
  const environment = plain.clone().registerVariable('oldSelf', oldType);
  const fault = checkFault(environment, rule.rule, 'bool');
  if (fault) {
    const detail = fault.error ? `compilation failed: ${fault.error}` : 'cel expression must evaluate to a bool';
    return { faults: [ruleFault(`${where}.rule`, rule, detail)] };
  }
  const { messageExpression } = rule;
  const wrong = messageExpression === undefined ? undefined : checkFault(environment, messageExpression, 'string');
  if (wrong) {
    const detail = wrong.error
      ? `messageExpression compilation failed: ${wrong.error}`
      : 'messageExpression must evaluate to a string';
    return { faults: [ruleFault(`${where}.messageExpression`, rule, detail)] };
  }
  return { rule: ready(environment, typed, rule), faults: [] };
}

function ready(environment: Environment, typed: TypedSchema, rule: ValidationRule): CompiledRule {
  const run = environment.parse(withPresence(rule.rule));
  const say =
    rule.messageExpression === undefined ? undefined : environment.parse(withPresence(rule.messageExpression));
  const context = (self: unknown, old: unknown) => ({ self: typed.toCel(self), oldSelf: oldValue(typed, rule, old) });
  return {
    rule,
    isTransition: mentionsOld(rule.rule),
    run: (self, old) => run(context(self, old)),
    message(self, old) {
      if (!say) return rule.message || undefined;
      try {
        const text = String(say(context(self, old)));
        if (text.trim() !== '' && !/[\r\n]/.test(text)) return text;
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
      }
      return rule.message || undefined;
    },
  };
}

function oldValue(typed: TypedSchema, rule: ValidationRule, old: unknown): unknown {
  if (!rule.optionalOldSelf) return old === undefined ? undefined : typed.toCel(old);
  return old === undefined ? Optional.none() : Optional.of(typed.toCel(old));
}

/** Strings aside. */
export function mentionsOld(rule: string): boolean {
  return /\boldSelf\b/.test(rule.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, ''));
}

/** `error` is undefined where the expression is right but of another type. */
export function checkFault(
  environment: Environment,
  expression: string,
  type: string,
): { error?: string; found?: string } | undefined {
  const { valid, type: found, error } = environment.check(withPresence(expression));
  if (!valid) return { error: located(expression, error!) };
  const at = badPattern(environment.parse(expression).ast);
  if (at !== undefined) return { error: pointed(expression, at, 'invalid matches argument') };
  return found === type || found === 'dyn' ? undefined : { found };
}

/** The fault under the line that has it, as cel-go prints it. */
function located(expression: string, error: CelFault): string {
  return pointed(expression, Math.min(placeOf(expression, error), expression.length), wording(error));
}

function pointed(expression: string, at: number, detail: string): string {
  const before = expression.slice(0, at);
  const line = before.split('\n').length;
  const column = at - (before.lastIndexOf('\n') + 1);
  const text = expression.split('\n')[line - 1] ?? '';
  return `ERROR: <input>:${line}:${column + 1}: ${detail}\n | ${text}\n | ${'.'.repeat(column)}^`;
}

const METHOD = /^found no matching overload for '(?:(.+)\.)?(\w+)\((.*)\)'$/;

/** Where a literal pattern is none. */
function badPattern(node: unknown): number | undefined {
  if (Array.isArray(node)) return node.map(badPattern).find((at) => at !== undefined);
  if (!isNode(node)) return undefined;
  const [name, , args] =
    node.op === 'rcall' ? (node.args as [string, unknown, { op: string; args: unknown; start: number }[]]) : [];
  const pattern = name === 'matches' ? args?.[0] : undefined;
  if (pattern?.op === 'value' && typeof pattern.args === 'string' && !compilePattern(pattern.args))
    return pattern.start;
  return badPattern(node.args);
}

function isNode(node: unknown): node is { op: string; args: unknown } {
  return typeof node === 'object' && node !== null && 'op' in node && 'args' in node;
}

/** A field is found wrong at the dot before it, an operator at itself. */
function placeOf(expression: string, { code, range, summary }: CelFault): number {
  const start = range?.start ?? 0;
  if (code === 'no_such_key') return Math.max(0, start - 1);
  const called = METHOD.exec(summary)?.[2];
  if (called) return Math.max(start, expression.indexOf(`${called}(`, start) + called.length);
  const operator = /^no such overload: .+ (==|!=|<=|>=|<|>|\+|-|\*|\/|%|in) .+$/.exec(summary)?.[1];
  const found = operator ? expression.indexOf(operator, start) : -1;
  return found < 0 ? start : found;
}

function wording({ code, summary }: CelFault): string {
  const operands = /^no such overload: (.+) (==|!=|<=|>=|<|>|\+|-|\*|\/|%|in) (.+)$/.exec(summary);
  if (operands) {
    const name = operands[2] === 'in' ? '@in' : `_${operands[2]}_`;
    return `found no matching overload for '${name}' applied to '(${operands[1]}, ${operands[3]})'`;
  }
  const method = METHOD.exec(summary);
  if (method) {
    const [, receiver, name, args] = method;
    return `found no matching overload for '${name}' applied to '${receiver === undefined ? '' : `${receiver}.`}(${args})'`;
  }
  if (code === 'no_such_key') return `undefined field '${summary.replace(/^No such key: /, '')}'`;
  if (code === 'unknown_variable') {
    return `undeclared reference to '${summary.replace(/^Unknown variable: /, '')}' (in container '')`;
  }
  return code === 'unexpected_token' ? `Syntax error: ${summary}` : summary;
}

function ruleFault(field: string, rule: ValidationRule, detail: string): FieldError {
  const shown = {
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  };
  const escaped = JSON.stringify(shown).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${escaped}: ${detail}` };
}
