import { expect, it } from 'vitest';
import { VirtualClock } from '../../kube/index.ts';
import { TestStore, testPod } from '../store.testing.ts';
import { KINDS } from '../tables/index.ts';
import { Rights, type Subject } from './index.ts';

const TYPES = KINDS.map(({ type }) => type);
const pods = TYPES.find(({ plural }) => plural === 'pods')!;

/** An authoriser that lets members of a group list Pods. */
function authoriser(members: { group: string; down?: boolean }) {
  return {
    async create(
      type: { plural: string },
      { spec }: { spec: { groups: string[]; resourceAttributes: { resource: string } } },
    ) {
      if (members.down) throw new Error('connection refused');
      if (type.plural !== 'subjectaccessreviews') throw new Error(`${type.plural} is not asked here`);
      const allowed = spec.groups.includes(members.group) && spec.resourceAttributes.resource !== '*';
      return { status: { allowed } };
    },
    async *listAll() {},
    target: { server: 'http://nowhere' },
  } as never;
}

const ann: Subject = { user: 'ann', groups: ['ops'] };

it('30 who cannot be judged sees nothing, also who was judged before', async () => {
  const clock = new VirtualClock();
  const members = { group: 'ops', down: false };
  const rights = new Rights(authoriser(members), () => TYPES, clock);
  const grants = await rights.grantsOf(ann);
  expect(grants === 'everything' || grants(pods)).toBe('all');
  members.down = true;
  await clock.advance(29_000);
  await expect(rights.grantsOf(ann)).resolves.toBe(grants);
  await clock.advance(2000);
  await expect(rights.grantsOf(ann)).rejects.toMatchObject({ code: '42501', hint: 'connection refused' });
  members.down = false;
  await expect(rights.grantsOf(ann)).resolves.toBeDefined();
});

it('33 what is shown is known by the rules, not by the name; another group is another answer at once', async () => {
  const rights = new Rights(authoriser({ group: 'ops' }), () => TYPES, new VirtualClock());
  const store = await TestStore.start();
  try {
    await store.put('Pod', [testPod('a')]);
    const ask = async (subject: Subject) =>
      store.refusal('select name from pods', { user: subject.user, grants: await rights.grantsOf(subject) });
    expect(await ask(ann)).toBeUndefined();
    expect(await ask({ user: 'bob', groups: ['ops'] })).toBeUndefined();
    expect(await store.rows('select users from scopes where not everything')).toEqual([[['ann', 'bob']]]);
    expect(await ask({ user: 'ann', groups: ['guests'] })).toMatchObject({ code: '42501' });
  } finally {
    await store.stop();
  }
});
