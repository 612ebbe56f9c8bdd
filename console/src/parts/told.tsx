/** What a question was answered: a skeleton until it is there, the refusal if there is none, and old data rather than nothing. */
import type { UseQueryResult } from '@tanstack/react-query';
import { Empty, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { RefusalAlert } from './refusal-alert.tsx';

interface ToldProps<T> {
  readonly query: UseQueryResult<T>;
  /** Said when `isEmpty` holds. */
  readonly empty?: string;
  readonly isEmpty?: (data: T) => boolean;
  readonly children: (data: T) => ReactNode;
}

export function Told<T>({ query: { data, error, refetch }, empty, isEmpty, children }: ToldProps<T>) {
  if (data === undefined && error) return <RefusalAlert error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <Skeleton active />;
  if (isEmpty?.(data)) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} />;
  return children(data);
}
