/** What is asked of a page, kept in the query of its URL: back, reload and a link lead to the same. */
import { useSearchParams } from 'react-router';

export type UrlState = Readonly<Record<string, string>>;

/**
 * The query as an object; `change` sets what is named, an empty value takes it away, and null clears all. What is changed is
 * what the address bar says now, not what was drawn last: of two changes at once neither is lost.
 */
export function useUrlState(): [UrlState, (change: UrlState | null) => void] {
  const [params, setParams] = useSearchParams();
  const change = (changes: UrlState | null) => {
    const next = new URLSearchParams(changes === null ? '' : window.location.search);
    for (const [key, value] of Object.entries(changes ?? {})) value === '' ? next.delete(key) : next.set(key, value);
    setParams(next, { replace: true });
  };
  return [Object.fromEntries(params), change];
}
