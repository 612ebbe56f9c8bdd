/** What operators read, in both languages. */
export const LANGUAGES = ['zh', 'en'] as const;
export type Language = (typeof LANGUAGES)[number];
export type Text = Readonly<Record<Language, string>>;
export type Params = Readonly<Record<string, string | number>>;

/** No message is longer, whatever a host has put into it. */
const LONGEST = 200;

/** Fills `{name}`; control characters of what was found are shown, not sent to the terminal. */
export function fill(text: Text, params: Params, language: Language): string {
  const filled = text[language].replace(/\{(\w+)\}/g, (_, name: string) => shown(params[name]));
  return filled.length > LONGEST ? `${filled.slice(0, LONGEST - 1)}…` : filled;
}

function shown(value: string | number | undefined): string {
  const text = typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : (value ?? '?');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (char) => JSON.stringify(char).slice(1, -1));
}
