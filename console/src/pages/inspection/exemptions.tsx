/** 豁免: hosts that may fail a check, for a reason and until a day. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox, Popconfirm, Table, Typography } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, send } from '../../api/client.ts';
import type { Exemption } from '../../api/plans.ts';
import { useMe } from '../../api/session.ts';
import { PageTitle } from '../../parts/page-title.tsx';
import { StateTag } from '../../parts/state-tag.tsx';
import { Time } from '../../parts/time.tsx';
import { Told } from '../../parts/told.tsx';
import { useUndo } from '../../parts/undo.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { InspectionPages } from './inspection-pages.tsx';
import { NewExemption } from './new-exemption.tsx';

const DAY_MS = 86_400_000;

export default function Exemptions() {
  const { t } = useTranslation();
  const me = useMe();
  const [url, change] = useUrlState();
  const all = url.all === 'true';
  const query = useQuery({
    queryKey: ['inspection', 'exemptions', all],
    queryFn: ({ signal }) => get<{ items: Exemption[] }>(`/inspection/exemptions?all=${all}`, signal),
  });
  const [adding, setAdding] = useState(url.check !== undefined);
  const begin = { ...(url.check && { check: url.check }), ...(url.host && { host: url.host }) };
  const close = () => {
    setAdding(false);
    change({ check: '', host: '' });
  };
  return (
    <section>
      <PageTitle title={t('inspection.exemptions')}>
        <Checkbox checked={all} onChange={({ target }) => change({ all: target.checked ? 'true' : '' })}>
          {t('exempt.show-all')}
        </Checkbox>
        {me?.role !== 'viewer' && (
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('exempt.add')}
          </Button>
        )}
      </PageTitle>
      <InspectionPages />
      <Typography.Paragraph type="secondary">{t('exempt.explain')}</Typography.Paragraph>
      <Told query={query}>{({ items }) => <ExemptionTable items={items} mayEnd={me?.role !== 'viewer'} />}</Told>
      {adding && <NewExemption begin={begin} onClose={close} />}
    </section>
  );
}

interface ExemptionTableProps {
  readonly items: readonly Exemption[];
  readonly mayEnd: boolean;
}

function ExemptionTable({ items, mayEnd }: ExemptionTableProps) {
  const { t } = useTranslation();
  const end = useEnd();
  return (
    <Table<Exemption>
      size="small"
      rowKey="id"
      dataSource={[...items]}
      locale={{ emptyText: t('exempt.none') }}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      columns={[
        { title: '#', dataIndex: 'id', width: 60 },
        { title: t('inspection.check'), dataIndex: 'name' },
        {
          title: t('exempt.aim'),
          render: (_, { host, selector }) =>
            host ? <Link to={`/hosts/${host}`}>{host}</Link> : <code>{selector}</code>,
        },
        { title: t('exempt.reason'), dataIndex: 'reason' },
        { title: t('exempt.by'), dataIndex: 'by' },
        { title: t('exempt.until'), render: (_, { expiresAt }) => <Time at={expiresAt} /> },
        {
          title: t('exempt.state'),
          render: (_, { inForce }) => (
            <StateTag mood={inForce ? 'waiting' : 'still'}>{t(inForce ? 'exempt.in-force' : 'exempt.over')}</StateTag>
          ),
        },
        ...(mayEnd
          ? [
              {
                title: t('list.actions'),
                render: (_: unknown, one: Exemption) =>
                  one.inForce && (
                    <Popconfirm title={t('exempt.end-asked')} onConfirm={() => end.mutate(one)}>
                      <Button size="small">{t('exempt.end')}</Button>
                    </Popconfirm>
                  ),
              },
            ]
          : []),
      ]}
    />
  );
}

/** Ended is not deleted: taking it back makes one like it, for the days that were left. */
function useEnd() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const undo = useUndo();
  const refresh = () => queries.invalidateQueries({ queryKey: ['inspection', 'exemptions'] });
  return useMutation({
    mutationFn: ({ id }: Exemption) => send('POST', `/inspection/exemptions/${id}/end`),
    onSuccess: (_, { id, check, host, selector, reason, expiresAt }) =>
      undo(t('exempt.ended', { id }), async () => {
        const days = Math.max(1, Math.ceil((expiresAt - Date.now()) / DAY_MS));
        await send('POST', '/inspection/exemptions', { check, reason, days, ...(host ? { host } : { selector }) });
        await refresh();
      }),
    onError: (error) => message.error(error.message),
    onSettled: refresh,
  });
}
