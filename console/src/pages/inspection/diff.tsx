/** 对比: what has changed between two runs. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Empty, Flex, Radio, Select, Space, Table, Typography } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import { CHANGE_KINDS, type DiffPage, type Level, type Run } from '../../api/inspection.ts';
import { LevelTag } from '../../parts/level-tag.tsx';
import { PageTitle } from '../../parts/page-title.tsx';
import { Told } from '../../parts/told.tsx';
import { useUrlState } from '../../parts/url-state.ts';
import { useRuns } from './briefs.ts';
import { InspectionPages } from './inspection-pages.tsx';

const SIZE = 20;

export default function Diff() {
  const { t } = useTranslation();
  const [url, change] = useUrlState();
  const ended = useRuns().data?.items.filter(({ state }) => state !== 'running') ?? [];
  const after = url.after ?? String(ended[0]?.id ?? '');
  const before = url.before ?? String(ended[1]?.id ?? '');
  const choose = (key: 'before' | 'after', value: string) => (
    <Space size={4}>
      <span>{t(`diff.${key}`)}</span>
      <Select
        aria-label={t(`diff.${key}`)}
        style={{ minWidth: 180 }}
        value={value || null}
        options={ended.map((run) => ({ value: String(run.id), label: nameOf(run) }))}
        onChange={(next: string) => change({ before, after, [key]: next, page: '' })}
      />
    </Space>
  );
  return (
    <section>
      <PageTitle title={t('inspection.diff')}>
        {choose('before', before)}
        {choose('after', after)}
      </PageTitle>
      <InspectionPages />
      {before && after ? (
        <Changes key={`${before} ${after}`} before={before} after={after} />
      ) : (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('diff.choose')} />
      )}
    </section>
  );
}

function nameOf({ id, plan, by, scope }: Run): string {
  return `#${id} · ${plan ?? by} · ${scope}`;
}

function Changes({ before, after }: { readonly before: string; readonly after: string }) {
  const { t } = useTranslation();
  const [url, change] = useUrlState();
  const kind = CHANGE_KINDS.find((one) => one === url.kind) ?? 'new';
  const page = Number(url.page ?? 1);
  const path = `/inspection/runs/${after}/diff/${before}?kind=${kind}&page=${page}&pageSize=${SIZE}`;
  const query = useQuery({
    queryKey: ['inspection', 'diff', path],
    queryFn: ({ signal }) => get<DiffPage>(path, signal),
    placeholderData: keepPreviousData,
  });
  return (
    <Told query={query}>
      {({ counts, items }) => (
        <>
          <Flex justify="space-between" align="center" wrap gap="small" style={{ marginBottom: 12 }}>
            <Radio.Group
              aria-label={t('diff.kind')}
              optionType="button"
              value={kind}
              options={CHANGE_KINDS.map((value) => ({ value, label: `${t(`diff.kind.${value}`)} ${counts[value]}` }))}
              onChange={({ target }) => change({ kind: String(target.value), page: '' })}
            />
            <Typography.Text type="secondary">{t('diff.explain')}</Typography.Text>
          </Flex>
          <ChangeTable
            items={items}
            page={page}
            total={counts[kind]}
            onPage={(next) => change({ page: next === 1 ? '' : String(next) })}
          />
        </>
      )}
    </Told>
  );
}

interface ChangeTableProps {
  readonly items: DiffPage['items'];
  readonly page: number;
  readonly total: number;
  readonly onPage: (page: number) => void;
}

function ChangeTable({ items, page, total, onPage }: ChangeTableProps) {
  const { t } = useTranslation();
  const level = (of: Level | undefined) =>
    of ? <LevelTag level={of} /> : <Typography.Text type="secondary">{t('diff.absent')}</Typography.Text>;
  return (
    <Table
      size="small"
      rowKey={({ check, host }) => `${check}/${host}`}
      dataSource={[...items]}
      locale={{ emptyText: t('diff.none') }}
      pagination={{
        current: page,
        pageSize: SIZE,
        total,
        hideOnSinglePage: true,
        showSizeChanger: false,
        onChange: onPage,
      }}
      columns={[
        { title: t('host.name'), render: (_, { host }) => <Link to={`/hosts/${host}?tab=inspection`}>{host}</Link> },
        { title: t('inspection.check'), dataIndex: 'name' },
        { title: t('diff.from'), render: (_, { from }) => level(from) },
        { title: t('diff.to'), render: (_, { to }) => level(to) },
      ]}
    />
  );
}
