/** Names of tables: the plural of the kind in snake_case, and with the group behind two underscores. */

export interface Named {
  readonly kind: string;
  /** As in the API's path. */
  readonly plural: string;
  readonly group: string;
}

/** `NetworkPolicy`, `networkpolicies` -> `network_policies`. */
export function shortName({ kind, plural }: Pick<Named, 'kind' | 'plural'>): string {
  const words = kind.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+/g)?.map((word) => word.toLowerCase()) ?? [];
  const head = words.slice(0, -1);
  const joined = head.join('');
  const tail = plural.startsWith(joined) ? plural.slice(joined.length) : undefined;
  const name = tail ? [...head, tail].join('_') : plural;
  return name.replace(/[^a-z0-9_]/g, '_');
}

/** Unique over all groups: `network_policies__networking_k8s_io`; of the core group `pods__core`. */
export function longName(named: Named): string {
  return `${shortName(named)}__${(named.group || 'core').replace(/[^a-z0-9]/g, '_')}`;
}
