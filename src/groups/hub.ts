/**
 * All revisions of a Group's static configs in one ConfigMap, each file under `<revision>.<file>`. A key once written never
 * changes; it goes when no Pod and no remembered revision of the Group needs it. Pure.
 */
import { templateHash } from '../control/index.ts';

/** A ConfigMap holds no more, counting values. */
export const MOST_BYTES = 1024 * 1024;

/** File to content. */
export type Files = Readonly<Record<string, string>>;

export function configRevision(name: string, files: Files): string {
  return templateHash({ name, files });
}

export interface Hub {
  readonly data: Readonly<Record<string, string>>;
  /** When each revision was written, in ms. */
  readonly published: Readonly<Record<string, number>>;
}

export interface HubChange {
  /** Keys to set; null takes away. */
  readonly data: Readonly<Record<string, string | null>>;
  readonly published: Readonly<Record<string, number>>;
  readonly changed: boolean;
}

/** Undefined when what is needed does not fit: then nothing may be done with it. */
export function hubChange(
  hub: Hub | undefined,
  wanted: Readonly<Record<string, Files>>,
  used: ReadonlySet<string>,
  now: number,
): HubChange | { readonly tooLarge: number } {
  const keep = (revision: string) => revision in wanted || used.has(revision);
  const data: Record<string, string | null> = {};
  for (const [revision, files] of Object.entries(wanted))
    for (const [file, text] of Object.entries(files))
      if (hub?.data[`${revision}.${file}`] === undefined) data[`${revision}.${file}`] = text;
  for (const key of Object.keys(hub?.data ?? {})) if (!keep(revisionOfKey(key))) data[key] = null;
  const after = Object.entries({ ...hub?.data, ...data }).filter(([, text]) => text !== null);
  const bytes = after.reduce((sum, [, text]) => sum + Buffer.byteLength(text ?? ''), 0);
  if (bytes > MOST_BYTES) return { tooLarge: bytes };
  // Whoever mounts a hub that is new reads it new; only one that hosts have read before has to reach them first.
  const fresh = Object.keys(wanted).filter((revision) => hub?.published[revision] === undefined);
  const published = Object.fromEntries([
    ...Object.entries(hub?.published ?? {}).filter(([revision]) => keep(revision)),
    ...fresh.map((revision) => [revision, hub ? now : 0] as const),
  ]);
  return { data, published, changed: !hub || Object.keys(data).length > 0 || fresh.length > 0 };
}

function revisionOfKey(key: string): string {
  return key.slice(0, key.indexOf('.'));
}
