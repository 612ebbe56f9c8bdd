/** A moment: in the reader's language, in Asia/Shanghai for Chinese, with the exact time to hover over. */
import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';

const MINUTE = 60_000;
const UNITS = [
  ['day', 24 * 60 * MINUTE],
  ['hour', 60 * MINUTE],
  ['minute', MINUTE],
] as const;

export function Time({ at }: { readonly at: number | string | null | undefined }) {
  const { i18n } = useTranslation();
  if (at === null || at === undefined) return '–';
  const ms = new Date(at).getTime();
  return (
    <Tooltip title={exact(ms, i18n.language)}>
      <time dateTime={new Date(ms).toISOString()}>{ago(ms, i18n.language)}</time>
    </Tooltip>
  );
}

function exact(ms: number, language: string): string {
  const zone = language === 'zh' ? { timeZone: 'Asia/Shanghai' } : {};
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long', ...zone }).format(ms);
}

function ago(ms: number, language: string): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto', style: 'short' });
  const passed = Date.now() - ms;
  const [unit, size] = UNITS.find(([, length]) => Math.abs(passed) >= length) ?? (['second', 1000] as const);
  return format.format(-Math.round(passed / size), unit);
}

/** `3 h`, `2 days`: the greatest unit that fits. */
export function lengthOfTime(ms: number, language: string): string {
  const [unit, size] = UNITS.find(([, length]) => ms >= length) ?? (['second', 1000] as const);
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.round(ms / size));
}
