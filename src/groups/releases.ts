/** The Releases of Groups, as far as a Group obeys them: see course.ts. */
import type { Env } from '../control/index.ts';
import type { Informer } from '../kube/index.ts';
import { type Group, RELEASES, type Release } from '../resources/index.ts';
import type { Steered } from './course.ts';

const BY_GROUP = 'group';

/** A run in one of these has ended; what it still steers stands in its `steering`. */
const ENDED = new Set(['Succeeded', 'RolledBack', 'Superseded', 'Failed']);

export function watchReleases(env: Env, onChange: (groupKey: string) => void): Releases {
  const informer = env.caches.of(RELEASES);
  informer.addIndexers({ [BY_GROUP]: (release) => [groupKey(release)] });
  const tell = (release: Release) => onChange(groupKey(release));
  informer.onChange({ add: tell, update: tell, delete: tell });
  return new Releases(informer);
}

export class Releases {
  readonly #informer: Informer<Release>;

  constructor(informer: Informer<Release>) {
    this.#informer = informer;
  }

  /** The newest that has anything to say decides. */
  of({ metadata }: Group): Steered {
    const all = this.#informer
      .byIndex(BY_GROUP, `${metadata.namespace}/${metadata.name}`)
      .filter((release) => !release.metadata.deletionTimestamp)
      .toSorted((a, b) => newest(a, b));
    const running = all.some(({ status }) => !ENDED.has(status?.phase ?? ''));
    return { steering: all.find(({ status }) => status?.steering)?.status?.steering, running };
  }
}

function newest(a: Release, b: Release): number {
  const [at, bt] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (at !== bt) return at < bt ? 1 : -1;
  return a.metadata.name < b.metadata.name ? 1 : -1;
}

function groupKey({ metadata, spec }: Release): string {
  return `${metadata.namespace}/${spec.groupRef.name}`;
}
