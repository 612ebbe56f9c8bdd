/** What people ask of a run: an annotation, `VERB`, `VERB:STEP`, each with an id after `#` where it must count once. */

export const REQUEST = 'apps.jdos.jd.com/request';

export const VERBS = ['approve', 'pause', 'resume', 'abort', 'jump', 'retry'] as const;
export type Verb = (typeof VERBS)[number];

export interface Request {
  readonly verb: Verb;
  readonly step: number | undefined;
}

/** Undefined when it cannot be read. */
export function parseRequest(text: string): Request | undefined {
  const match = /^([a-z]+)(?::(-?\d{1,6}))?(?:#.*)?$/.exec(text.trim());
  const verb = VERBS.find((one) => one === match?.[1]);
  return verb && { verb, step: match?.[2] === undefined ? undefined : Number(match[2]) };
}

export function formatRequest(verb: Verb, step: number | undefined, id: string): string {
  return `${verb}${step === undefined ? '' : `:${step}`}#${id}`;
}
