/** Creates many objects, so many at a time; what is there already is left as it is, so a load may be repeated. */
import { type Draft, isStatus, type KubeClient, type KubeObject, type ResourceType } from '../../../kube/index.ts';

export interface LoadResult {
  readonly created: number;
  /** There before. */
  readonly present: number;
  readonly failed: readonly { readonly name: string; readonly error: unknown }[];
}

export interface LoadOptions<T extends KubeObject> {
  readonly type: ResourceType<T>;
  readonly drafts: readonly Draft<T>[];
  /** Requests in flight. @default 32 */
  readonly concurrency?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

export async function load<T extends KubeObject>(
  client: Pick<KubeClient, 'create'>,
  { type, drafts, concurrency = 32, onProgress = () => {} }: LoadOptions<T>,
): Promise<LoadResult> {
  let [created, present, next] = [0, 0, 0];
  const failed: { name: string; error: unknown }[] = [];
  const work = async () => {
    for (let draft = drafts[next++]; draft; draft = drafts[next++]) {
      try {
        await client.create(type, draft);
        created++;
      } catch (error) {
        if (isStatus(error, 'AlreadyExists')) present++;
        else failed.push({ name: draft.metadata.name ?? '', error });
      }
      onProgress(created + present + failed.length, drafts.length);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { created, present, failed };
}
