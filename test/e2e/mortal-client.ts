/** A client that dies with its user: after so many writes nothing comes through any more. */
import { EVENTS, type KubeClient, type ResourceType } from '../../src/kube/index.ts';

const WRITES = new Set(['create', 'replace', 'patch', 'delete', 'deleteCollection', 'createSubresource']);

export interface Death {
  /** Writes that succeed before. */
  readonly after: number;
  /** Is the fatal write still carried out, its answer lost? */
  readonly lastArrives: boolean;
  readonly onDeath: () => void;
}

export function mortal(client: KubeClient, { after, lastArrives, onDeath }: Death): KubeClient {
  let writes = 0;
  const write = async (name: string, args: unknown[]): Promise<unknown> => {
    if ((args[0] as ResourceType).plural === EVENTS.plural) return call(client, name, args);
    const order = writes++;
    if (order < after) return call(client, name, args);
    if (order === after && lastArrives) await Promise.resolve(call(client, name, args)).catch(() => undefined);
    onDeath();
    throw new Error('dead');
  };
  return new Proxy(client, {
    get: (target, name) => {
      const member = Reflect.get(target, name, target) as unknown;
      if (typeof member !== 'function') return member;
      return WRITES.has(String(name)) ? (...args: unknown[]) => write(String(name), args) : member.bind(target);
    },
  });
}

function call(client: KubeClient, name: string, args: unknown[]): unknown {
  return (client as unknown as Record<string, (...args: unknown[]) => unknown>)[name]!(...args);
}
