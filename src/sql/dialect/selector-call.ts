/** `selector(labels, 'app=x,env in (a,b),!canary')` as a condition: what Kubernetes means by such a text. */
import { EngineError } from '../../engine/index.ts';
import { parseLabelSelector, type Requirement } from '../../kube/index.ts';

/** `labels` is an expression, `text` a literal as it was written; `position` is where that begins, from 1. */
export function selectorCondition(labels: string, text: string, position: number): string {
  const { requirements } = parsed(unquoted(text), position);
  return `(${[`(${labels}) IS NOT NULL`, ...requirements.map((one) => condition(labels, one))].join(' AND ')})`;
}

export function noText(position: number): EngineError {
  return new EngineError('22023', 'selector() needs labels and a text between quotes', {
    position,
    hint: "As in selector(labels, 'app=web,tier in (a,b),!canary').",
  });
}

function parsed(text: string, position: number) {
  try {
    return parseLabelSelector(text);
  } catch (error) {
    throw new EngineError('22023', `no label selector: ${error instanceof Error ? error.message : String(error)}`, {
      position,
    });
  }
}

function condition(labels: string, { key, operator, values }: Requirement): string {
  const label = `(${labels})[${quoted(key)}]`;
  const list = values.map(quoted).join(', ');
  switch (operator) {
    case '=':
    case '==':
    case 'in':
      return `coalesce(${label} IN (${list}), false)`;
    case '!=':
    case 'notin':
      return `coalesce(${label} NOT IN (${list}), true)`;
    case 'exists':
      return `${label} IS NOT NULL`;
    case '!':
      return `${label} IS NULL`;
    default:
      return comparison(label, operator, values[0]!);
  }
}

/** Only what is an integer is compared. */
function comparison(label: string, operator: 'gt' | 'lt', bound: string): string {
  const number = `TRY_CAST(CASE WHEN regexp_full_match(${label}, '[+-]?[0-9]+') THEN ${label} END AS BIGINT)`;
  return `coalesce(${number} ${operator === 'gt' ? '>' : '<'} ${BigInt(bound.replace(/^\+/, ''))}, false)`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function unquoted(text: string): string {
  const dollars = /^(\$\w*\$)([\s\S]*)\1$/.exec(text);
  return dollars ? dollars[2]! : text.slice(1, -1).replaceAll("''", "'");
}
