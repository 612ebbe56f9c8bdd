/** Asks the server, before any Pod goes, whether it would take the one that is to come in its place. */
import { text } from '../control/index.ts';
import { isStatus, type KubeClient, PODS } from '../kube/index.ts';
import type { Group } from '../resources/index.ts';
import { workOf } from './advance.ts';
import type { Candidate } from './budget.ts';
import { FIELD_MANAGER } from './marks.ts';
import { prefixOf } from './ordinals.ts';
import { podOf } from './pod.ts';
import type { Version } from './revision.ts';
import type { Trouble } from './troubles.ts';

export class Vetting {
  readonly #client: KubeClient;
  /** What each Group's last vetted revision was. */
  readonly #passed = new Map<string, string>();

  constructor(client: KubeClient) {
    this.#client = client;
  }

  /** Undefined when nothing stands against it. A quota counts only when the old Pod has gone, so it is not asked. */
  async refusal(group: Group, candidates: readonly Candidate[]): Promise<(Trouble & { hash: string }) | undefined> {
    const anew = candidates.filter(({ member, goal }) => goal.begin && workOf(member, goal).level === 'Recreate');
    const versions = new Map(anew.map(({ goal }) => [goal.version.hash, goal.version]));
    for (const version of versions.values()) {
      if (this.#passed.get(group.metadata.uid) === version.hash) continue;
      const fault = await this.#ask(group, version);
      if (fault) return { reason: 'InvalidTemplate', message: `${fault}; no Pod was touched`, hash: version.hash };
      this.#passed.set(group.metadata.uid, version.hash);
    }
    return undefined;
  }

  forget(uid: string): void {
    this.#passed.delete(uid);
  }

  async #ask(group: Group, version: Version): Promise<string | undefined> {
    const { metadata, ...rest } = podOf({ group, ordinal: group.spec.naming.startOrdinal, version });
    const { name: _, ...others } = metadata;
    const draft = { ...rest, metadata: { ...others, generateName: `${prefixOf(group)}-vet-` } };
    try {
      await this.#client.create(PODS, draft, {
        namespace: group.metadata.namespace!,
        dryRun: true,
        fieldManager: FIELD_MANAGER,
      });
      return undefined;
    } catch (error) {
      if (isStatus(error, 'Invalid', 'BadRequest')) return text(error);
      if (isStatus(error, 'Forbidden')) return undefined;
      throw error;
    }
  }
}
