/** Label selectors: built from their text, from LabelSelector objects or from plain maps; all match and print alike. */
import { type Operator, printRequirement, type Requirement, requirement, requirementHolds } from './requirement.ts';
import { parseRequirements } from './selector-text.ts';
import { failure } from './status.ts';

/** All requirements must hold; with none of them everything matches. */
export interface Selector {
  readonly requirements: readonly Requirement[];
  matches(labels: Readonly<Record<string, string>> | undefined): boolean;
  /** The text form, which parses back to an equal selector. */
  toString(): string;
}

/** `meta/v1` LabelSelector. */
export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

export const EVERYTHING: Selector = selectorFrom([]);
export const NOTHING: Selector = Object.freeze({ requirements: [], matches: () => false, toString: () => '' });

/** Parses `app=web,tier in (a,b),!legacy,cores>4`; nothing at all selects everything. Throws BadRequest. */
export function parseLabelSelector(text: string): Selector {
  return selectorFrom(parseRequirements(text));
}

/**
 * The selector of a LabelSelector object or of a map of labels that must be equal. As upstream, an absent one selects
 * nothing and an empty one everything. Throws BadRequest when a key, a value or an operator is not allowed.
 */
export function selectorOf(source: LabelSelector | Readonly<Record<string, string>> | null | undefined): Selector {
  if (!source) return NOTHING;
  const { matchLabels, matchExpressions } = isLabelSelector(source)
    ? source
    : { matchLabels: source, matchExpressions: undefined };
  const equal = Object.entries(matchLabels ?? {}).map(([key, value]) => requirement(key, '=', [value]));
  const expressions = (matchExpressions ?? []).map((e) => requirement(e.key, operatorOf(e.operator), e.values ?? []));
  return selectorFrom([...equal, ...expressions]);
}

export function selectorFrom(requirements: readonly Requirement[]): Selector {
  const sorted = requirements.toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return Object.freeze({
    requirements: sorted,
    matches: (labels: Readonly<Record<string, string>> | undefined) =>
      sorted.every((r) => requirementHolds(r, labels?.[r.key])),
    toString: () => sorted.map(printRequirement).join(','),
  });
}

function isLabelSelector(source: object): source is LabelSelector {
  const { matchLabels, matchExpressions } = source as LabelSelector;
  return Array.isArray(matchExpressions) || (typeof matchLabels === 'object' && matchLabels !== null);
}

function operatorOf(name: string): Operator {
  const operators: Record<string, Operator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' };
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator) throw failure('BadRequest', `${JSON.stringify(name)} is not a valid label selector operator`);
  return operator;
}
