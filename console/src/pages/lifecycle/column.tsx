import { Button, Flex, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { BoardCard, BoardColumn } from '../../api/lifecycle.ts';
import { StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';
import { StatusTag } from '../hosts/host-status.tsx';

interface ColumnProps {
  readonly column: BoardColumn;
  readonly onOpen: (host: string) => void;
}

export function Column({ column: { status, next, hosts, cards }, onOpen }: ColumnProps) {
  const { t } = useTranslation();
  const follow = next.map((to) => t(`status.${to}`)).join(t('list.comma'));
  return (
    <section className="column" aria-label={t(`status.${status}`)}>
      <Flex justify="space-between" align="center">
        <h2>
          <StatusTag status={status} />
        </h2>
        <Typography.Text strong>{t('life.hosts', { count: hosts })}</Typography.Text>
      </Flex>
      <Typography.Text type="secondary" style={{ fontSize: 12 }}>
        {next.length > 0 ? `${t('life.next')}: ${follow}` : t('life.end')}
      </Typography.Text>
      <ul>
        {cards.map((card) => (
          <li key={card.host}>
            <Card card={card} onOpen={() => onOpen(card.host)} />
          </li>
        ))}
      </ul>
      {hosts > cards.length && (
        <Link to={`/hosts?status=${status}`}>{t('life.more', { count: hosts - cards.length })}</Link>
      )}
    </section>
  );
}

function Card({ card, onOpen }: { readonly card: BoardCard; readonly onOpen: () => void }) {
  const { t } = useTranslation();
  return (
    <Button block className="card" onClick={onOpen}>
      <span>{card.host}</span>
      {card.pinned && <StateTag mood="uneasy">{t('life.pinned')}</StateTag>}
      {card.operation && <StateTag mood="waiting">{t('life.held')}</StateTag>}
      <small>
        <Time at={card.since} />
      </small>
    </Button>
  );
}
