/** A list with its search box, filters and table. All of what is asked is in the URL: back, reload and a link lead here. */
import { Button, Flex, Result, Select, Table, type TableColumnType, Typography } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type ListName, type Lists, useList } from '../api/lists.ts';
import { Problem } from '../api/problem.ts';
import { SearchBox } from './search-box.tsx';
import { useUrlState } from './url-state.ts';

export interface ListColumnOf<T> {
  /** As the server names it. */
  readonly name: string & keyof T;
  readonly title: string;
  readonly show?: (row: T) => ReactNode;
  readonly align?: 'right';
  readonly width?: number;
  /** @default true */
  readonly sortable?: boolean;
}

export interface Filter {
  readonly column: string;
  readonly title: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

interface ListPageProps<L extends ListName> {
  readonly list: L;
  readonly title: string;
  readonly columns: readonly ListColumnOf<Lists[L]>[];
  readonly filters?: readonly Filter[];
  readonly rowKey: (row: Lists[L]) => string;
  /** Always asked for, and not shown as a filter. */
  readonly fixed?: Readonly<Record<string, string>>;
  /** Stands within another page: a smaller heading. */
  readonly inner?: boolean;
  /** Beside the search box. */
  readonly extra?: ReactNode;
}

const SIZES = [20, 50, 100];

export function ListPage<L extends ListName>(props: ListPageProps<L>) {
  const { list, title, columns, filters = [], rowKey, fixed = {}, inner = false, extra } = props;
  const { t } = useTranslation();
  const [url, change] = useUrlState();
  const chosen = Object.fromEntries(filters.flatMap(({ column }) => (url[column] ? [[column, url[column]]] : [])));
  const page = Number(url.page ?? 1);
  const pageSize = Number(url.size ?? SIZES[0]);
  const { data, error, isPending, isPlaceholderData, refetch } = useList(list, {
    filters: { ...chosen, ...fixed },
    page,
    pageSize,
    ...(url.search && { search: url.search }),
    ...(url.sort && { sort: url.sort }),
  });

  return (
    <section>
      <Flex justify="space-between" align="center" wrap gap="small" style={{ marginBottom: 16 }}>
        <Typography.Title level={inner ? 2 : 1} style={{ margin: 0, fontSize: inner ? 18 : 22 }}>
          {title} {data && <Typography.Text type="secondary">{data.total.toLocaleString()}</Typography.Text>}
        </Typography.Title>
        <Flex gap="small" wrap align="center">
          {extra}
          <SearchBox value={url.search ?? ''} onChange={(search) => change({ search, page: '' })} />
          {filters.map(({ column, title: name, options }) => (
            <Select
              key={column}
              allowClear
              aria-label={name}
              placeholder={name}
              style={{ minWidth: 130 }}
              value={url[column] || null}
              options={[...options]}
              onChange={(value: string | null) => change({ [column]: value ?? '', page: '' })}
            />
          ))}
        </Flex>
      </Flex>
      {error instanceof Problem ? (
        <Refused problem={error} onRetry={() => void refetch()} onReset={() => change(null)} />
      ) : (
        <Table<Lists[L]>
          size="small"
          rowKey={rowKey}
          loading={isPending || isPlaceholderData}
          dataSource={data ? [...data.items] : []}
          columns={columns.map((column) => tableColumn(column, url.sort))}
          locale={{ emptyText: url.search || Object.keys(chosen).length > 0 ? t('list.none-found') : t('list.empty') }}
          scroll={{ x: 'max-content' }}
          pagination={{
            current: page,
            pageSize,
            total: data?.total ?? 0,
            pageSizeOptions: SIZES,
            showSizeChanger: true,
            hideOnSinglePage: (data?.total ?? 0) <= SIZES[0]!,
          }}
          onChange={({ current = 1, pageSize: size }, _, sorter) => {
            const { field, order } = Array.isArray(sorter) ? sorter[0]! : sorter;
            const sort = order ? `${order === 'descend' ? '-' : ''}${String(field)}` : '';
            change({ page: current === 1 ? '' : String(current), size: size === SIZES[0] ? '' : String(size), sort });
          }}
        />
      )}
      {data && data.ageSeconds > 30 && (
        <Typography.Text type="warning">{t('list.stale', { seconds: Math.round(data.ageSeconds) })}</Typography.Text>
      )}
    </section>
  );
}

function tableColumn<T>({ name, title, show, align, width, sortable = true }: ListColumnOf<T>, sort = '') {
  const way = sort === name ? 'ascend' : sort === `-${name}` ? 'descend' : null;
  const column: TableColumnType<T> = { title, dataIndex: name, key: name, sorter: sortable, sortOrder: way };
  return {
    ...column,
    ...(align && { align }),
    ...(width && { width }),
    ...(show && { render: (_: unknown, row: T) => show(row) }),
  };
}

interface RefusedProps {
  readonly problem: Problem;
  readonly onRetry: () => void;
  readonly onReset: () => void;
}

function Refused({ problem, onRetry, onReset }: RefusedProps) {
  const { t } = useTranslation();
  const badFilter = problem.code === 'bad-field';
  return (
    <Result
      status={problem.status === 403 ? '403' : 'warning'}
      title={problem.title}
      subTitle={problem.detail ?? problem.fields.map(({ field, fault }) => `${field}: ${fault}`).join('; ')}
      extra={<Button onClick={badFilter ? onReset : onRetry}>{t(badFilter ? 'list.reset' : 'list.retry')}</Button>}
    />
  );
}
