/** Who is signed in. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Me } from '../../../src/server/contract/account.ts';
import { get, rememberCsrf, send } from './client.ts';

export type { Me };

const KEY = ['me'];

/** Null for nobody; undefined while it is not known yet. */
export function useMe(): Me | null | undefined {
  return useQuery({ queryKey: KEY, queryFn: askMe, staleTime: 60_000 }).data;
}

async function askMe(): Promise<Me | null> {
  const me = await get<Me | null>('/me');
  return me && remembered(me);
}

export function useSession() {
  const queries = useQueryClient();
  const become = (me: Me | null) => queries.setQueryData(KEY, me);
  return {
    signIn: async (name: string, password: string) =>
      become(remembered(await send<Me>('POST', '/sign-in', { name, password }))),
    changePassword: async (old: string, fresh: string) =>
      become(remembered(await send<Me>('POST', '/me/password', { old, new: fresh }))),
    signOut: async () => {
      await send('POST', '/sign-out');
      queries.clear();
      become(null);
    },
    /** The server no longer knows this session. */
    expire: () => become(null),
  };
}

function remembered(me: Me): Me {
  rememberCsrf(me.csrf);
  return me;
}
