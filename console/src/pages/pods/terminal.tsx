/** A terminal in a container. It begins when it is asked for: to open one is written in the audit. */
import { FitAddon } from '@xterm/addon-fit';
import { Terminal as Screen } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { Alert, Button, Flex, Select, Typography } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openSocket } from '../../api/client.ts';
import { Problem } from '../../api/problem.ts';
import { RefusalAlert } from '../../parts/refusal-alert.tsx';
import { type ChosenContainer, ContainerChoice } from './container-choice.tsx';

/** How it ended; empty when the connection broke. */
interface End {
  readonly exitCode?: number;
  readonly problem?: Partial<Problem>;
}

export default function Terminal(chosen: ChosenContainer) {
  const { pod, container } = chosen;
  const { t } = useTranslation();
  const [shell, setShell] = useState<'sh' | 'bash'>('sh');
  const [session, begin] = useState(0);
  const [end, setEnd] = useState<End>();
  const query = new URLSearchParams({ container: container.name, shell });
  const path = `/pods/${pod.namespace}/${pod.name}/terminal?${query}`;
  const open = session > 0 && end === undefined;
  return (
    <Flex vertical gap="small">
      <Flex gap="middle" align="center" wrap>
        <ContainerChoice {...chosen} />
        <Select
          aria-label={t('terminal.shell')}
          style={{ width: 90 }}
          value={shell}
          disabled={open}
          options={[
            { value: 'sh', label: 'sh' },
            { value: 'bash', label: 'bash' },
          ]}
          onChange={setShell}
        />
        <Button
          type="primary"
          disabled={open}
          onClick={() => {
            setEnd(undefined);
            begin(session + 1);
          }}
        >
          {t('terminal.open')}
        </Button>
        <Typography.Text type="secondary">{t('terminal.audited')}</Typography.Text>
      </Flex>
      {end?.problem && <RefusalAlert error={new Problem(end.problem.status ?? 0, end.problem)} />}
      {end && !end.problem && (
        <Alert
          type="info"
          showIcon
          title={end.exitCode === undefined ? t('terminal.broken') : t('terminal.ended', { code: end.exitCode })}
        />
      )}
      {session > 0 && <Window key={`${session} ${container.name}`} path={path} onEnd={setEnd} />}
    </Flex>
  );
}

interface WindowProps {
  readonly path: string;
  readonly onEnd: (end: End) => void;
}

function Window({ path, onEnd }: WindowProps) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const first = useRef(path);
  const told = useRef(onEnd);
  told.current = onEnd;
  useEffect(() => connect(place.current!, first.current, (end) => told.current(end)), []);
  return <section ref={place} className="terminal" aria-label={t('pod.terminal')} />;
}

/** Answers what ends it. */
function connect(place: HTMLElement, path: string, onEnd: (end: End) => void): () => void {
  const screen = new Screen({ cursorBlink: true, fontSize: 13, scrollback: 5000, screenReaderMode: true });
  const fit = new FitAddon();
  screen.loadAddon(fit);
  screen.open(place);
  const socket = openSocket(path, 'jdos.terminal');
  socket.binaryType = 'arraybuffer';
  let end: End = {};
  let over = false;
  const size = () => {
    fit.fit();
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ columns: screen.cols, rows: screen.rows }));
  };
  const watch = new ResizeObserver(size);
  watch.observe(place);
  socket.onopen = () => {
    size();
    screen.focus();
  };
  socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
    if (typeof data === 'string') end = JSON.parse(data) as End;
    else screen.write(new Uint8Array(data));
  };
  socket.onclose = () => !over && onEnd(end);
  screen.onData((text) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(new TextEncoder().encode(text));
  });
  return () => {
    over = true;
    watch.disconnect();
    socket.close();
    screen.dispose();
  };
}
