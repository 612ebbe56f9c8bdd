/** Templates of stages: texts with `{{fact}}` in them, filled from what is the case. */
import type { Template } from './stage.ts';

/** What a fact may be; objects travel whole when the text is nothing but `{{fact}}`. */
export type FactOf = (fact: string) => unknown;

const WHOLE = /^\{\{(\w+)\}\}$/;

/** A copy of the template with all facts filled in; fields whose fact is undefined are left out. */
export function render(template: Template, factOf: FactOf): unknown {
  if (typeof template === 'string') return renderText(template, factOf);
  if (Array.isArray(template)) return template.map((item) => render(item, factOf));
  if (typeof template !== 'object' || template === null) return template;
  const filled: Record<string, unknown> = {};
  for (const [field, part] of Object.entries(template)) {
    const value = render(part, factOf);
    if (value !== undefined) filled[field] = value;
  }
  return filled;
}

function renderText(text: string, factOf: FactOf): unknown {
  const whole = WHOLE.exec(text);
  if (whole) return factOf(whole[1]!);
  return text.replace(/\{\{(\w+)\}\}/g, (_, fact: string) => String(factOf(fact) ?? ''));
}
