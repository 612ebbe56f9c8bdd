/** Field selectors: `spec.nodeName=n1,status.phase!=Running`. Which fields a kind allows is the server's affair. */
import { failure } from './status.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** All requirements must hold; with none of them everything matches. */
export interface FieldSelector {
  readonly requirements: readonly FieldRequirement[];
  /** A field that is not there counts as empty. */
  matches(fields: Readonly<Record<string, string>> | ((field: string) => string | undefined)): boolean;
  /** The value that this field must have for a match, so that an index can be asked first. */
  exact(field: string): string | undefined;
  toString(): string;
}

/** Terms that name neither field nor value say nothing. Throws BadRequest in Kubernetes' wording. */
export function parseFieldSelector(text: string): FieldSelector {
  const terms = (text.match(/(?:[^\\,]|\\.?)+/gsu) ?? []).sort();
  const requirements = terms.map((term) => parseTerm(term, text));
  return fieldSelectorFrom(requirements.filter(({ field, value }) => field !== '' || value !== ''));
}

export function fieldSelectorFrom(requirements: readonly FieldRequirement[]): FieldSelector {
  return Object.freeze({
    requirements,
    matches(fields: Readonly<Record<string, string>> | ((field: string) => string | undefined)) {
      const read = typeof fields === 'function' ? fields : (field: string) => fields[field];
      return requirements.every((r) => ((read(r.field) ?? '') === r.value) === (r.operator === '='));
    },
    exact: (field: string) => requirements.find((r) => r.field === field && r.operator === '=')?.value,
    toString: () => requirements.map((r) => `${r.field}${r.operator}${escapeValue(r.value)}`).join(','),
  });
}

function parseTerm(term: string, text: string): FieldRequirement {
  const match = /^(.*?)(!=|==?)(.*)$/s.exec(term);
  if (!match) throw failure('BadRequest', `invalid selector: '${text}'; can't understand '${term}'`);
  return { field: match[1]!, operator: match[2] === '!=' ? '!=' : '=', value: unescapeValue(match[3]!) };
}

function escapeValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

function unescapeValue(value: string): string {
  return value.replace(/\\(.?)|([,=])/gsu, (whole: string, escaped: string | undefined, bare: string | undefined) => {
    if (bare) throw refuse(`unescaped character in value: ${bare.codePointAt(0)}`);
    if (!escaped || !'\\,='.includes(escaped)) throw refuse(`invalid escape sequence: ${whole}`);
    return escaped;
  });
}

function refuse(detail: string): Error {
  return failure('BadRequest', `invalid field selector: ${detail}`);
}
