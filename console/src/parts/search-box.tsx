/** The box above a list. What is typed is asked for when the typing pauses, so that a word is one question. */
import { Input } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

const PAUSE_MS = 100;

interface SearchBoxProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
}

export function SearchBox({ value, onChange }: SearchBoxProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(value);
  const returning = useRef<readonly string[]>([]);
  const known = useRef(value);

  // What was typed here comes back as `value` a moment later, when more may have been typed: only what comes from
  // elsewhere (back, a link, a reset) is taken over.
  useEffect(() => {
    known.current = value;
    const at = returning.current.indexOf(value);
    returning.current = at < 0 ? [] : returning.current.slice(at + 1);
    if (at < 0) setText(value);
  }, [value]);

  useEffect(() => {
    const asked = returning.current.at(-1) ?? known.current;
    if (text === asked) return;
    const timer = setTimeout(() => {
      returning.current = [...returning.current, text];
      onChange(text);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  });

  return (
    <Input
      allowClear
      aria-label={t('list.search')}
      placeholder={t('list.search')}
      value={text}
      onChange={(event) => setText(event.target.value)}
      style={{ width: 240 }}
    />
  );
}
