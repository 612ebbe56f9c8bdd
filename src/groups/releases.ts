/** The Releases of Groups, as far as a Group obeys them: see course.ts. */
import type { Env } from '../control/index.ts';
import { type Informer, type KubeObject, resourceType } from '../kube/index.ts';
import { APPS, type Group, type Steering } from '../resources/index.ts';
import type { Steered } from './course.ts';

export interface SteeringRelease extends KubeObject {
  spec: { groupRef: { name: string } };
  status?: { phase?: string; steering?: Steering };
}

const STEERING_RELEASES = resourceType<SteeringRelease>(APPS, 'Release', 'releases');
const BY_GROUP = 'group';

/** A run in one of these has ended; what it still steers stands in its `steering`. */
const ENDED = new Set(['Succeeded', 'RolledBack', 'Superseded', 'Aborted', 'Failed']);

/** Undefined where the cluster has no Releases. */
export async function watchReleases(env: Env, onChange: (groupKey: string) => void): Promise<Releases | undefined> {
  if (!(await isServed(env))) return undefined;
  const informer = env.caches.of(STEERING_RELEASES);
  informer.addIndexers({ [BY_GROUP]: (release) => [groupKey(release)] });
  const tell = (release: SteeringRelease) => onChange(groupKey(release));
  informer.onChange({ add: tell, update: tell, delete: tell });
  return new Releases(informer);
}

export class Releases {
  readonly #informer: Informer<SteeringRelease>;

  constructor(informer: Informer<SteeringRelease>) {
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

function newest(a: SteeringRelease, b: SteeringRelease): number {
  const [at, bt] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp];
  if (at !== bt) return at < bt ? 1 : -1;
  return a.metadata.name < b.metadata.name ? 1 : -1;
}

function groupKey({ metadata, spec }: SteeringRelease): string {
  return `${metadata.namespace}/${spec.groupRef.name}`;
}

async function isServed({ client }: Env): Promise<boolean> {
  const { status, body } = await client.request('GET', `/apis/${APPS}`);
  return status === 200 && Buffer.from(body).toString().includes('"releases"');
}
