/** The log of a container: followed as it is written, or that of the container before. */
import { Checkbox, Flex, Typography } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { MOST_LINES, useLog } from '../../api/log-stream.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { type ChosenContainer, ContainerChoice } from './container-choice.tsx';

export default function Log(chosen: ChosenContainer) {
  const { pod, container } = chosen;
  const { t } = useTranslation();
  const [follow, setFollow] = useState(true);
  const [previous, setPrevious] = useState(false);
  const { lines, state, error } = useLog({
    namespace: pod.namespace,
    pod: pod.name,
    container: container.name,
    follow: follow && !previous,
    previous,
  });
  const place = useRef<HTMLPreElement>(null);
  const atEnd = useRef(true);
  // Whoever has scrolled up reads there, and is left there.
  useEffect(() => {
    if (atEnd.current && place.current) place.current.scrollTop = place.current.scrollHeight * Math.sign(lines.length);
  }, [lines]);
  return (
    <Flex vertical gap="small">
      <Flex gap="middle" align="center" wrap>
        <ContainerChoice {...chosen} />
        <Checkbox checked={follow} disabled={previous} onChange={({ target }) => setFollow(target.checked)}>
          {t('log.follow')}
        </Checkbox>
        <Checkbox
          checked={previous}
          disabled={!container.previous && !previous}
          onChange={({ target }) => setPrevious(target.checked)}
        >
          {t('log.previous')}
        </Checkbox>
        <Typography.Text type="secondary" role="status">
          {t(state === 'open' ? 'log.open' : 'log.ended', { lines: lines.length })}
          {lines.length >= MOST_LINES && ` (${t('log.last', { lines: MOST_LINES })})`}
        </Typography.Text>
      </Flex>
      {error && <RefusalAlert error={error} />}
      <pre
        ref={place}
        className="log"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label={t('pod.log')}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          atEnd.current = scrollTop + clientHeight > scrollHeight - 20;
        }}
      >
        {lines.join('\n')}
      </pre>
    </Flex>
  );
}
