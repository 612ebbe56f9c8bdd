export interface ApplicationRow {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  /** Team or person; empty for nobody. */
  readonly owner: string;
  readonly wished: number;
  readonly ready: number;
  readonly updated: number;
  readonly missing: number;
  /** The Release under way; empty for none. */
  readonly release: string;
  readonly createdAt: string;
}

export function linkTo({ kind, namespace, name }: Pick<ApplicationRow, 'kind' | 'namespace' | 'name'>): string {
  return `/applications/${kind}/${namespace}/${name}`;
}
