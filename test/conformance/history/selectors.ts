/** The label selectors of a run, with their meaning told a second time for the checker. */
type Labels = Readonly<Record<string, string>>;

export const SELECTORS: Readonly<Record<string, (labels: Labels) => boolean>> = {
  'color=red': (labels) => labels.color === 'red',
  'color in (red,blue)': (labels) => labels.color === 'red' || labels.color === 'blue',
  'color!=red': (labels) => labels.color !== 'red',
  '!size': (labels) => labels.size === undefined,
  'size,color notin (blue)': (labels) => labels.size !== undefined && labels.color !== 'blue',
};

export const COLORS = ['red', 'blue', 'green'] as const;

export function inSight(
  meta: { readonly namespace: string; readonly labels?: Labels },
  namespace: string | undefined,
  labels: string | undefined,
): boolean {
  if (namespace !== undefined && meta.namespace !== namespace) return false;
  return labels === undefined || SELECTORS[labels]!(meta.labels ?? {});
}
