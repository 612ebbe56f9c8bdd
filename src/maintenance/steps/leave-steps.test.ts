import { expect, test } from 'vitest';
import type { Operation } from '../operation.ts';
import { RepairError, type RepairShop } from '../repair.ts';
import { repair } from './leave-steps.ts';
import type { StepTools } from './step.ts';

/** A host on which the command ends so, or does not. */
async function repaired(name: string, run: RepairShop['run'], repairs = 0) {
  const log: string[] = [];
  const tools = {
    signal: new AbortController().signal,
    ledger: { log: async (_: string, _step: string, text: string) => void log.push(text) },
    shop: { run },
  } as unknown as StepTools;
  const answer = await repair({ id: 'm1', host: 'h1', repair: name, repairs } as Operation, tools);
  return { answer, log };
}
const failing = (kind: RepairError['kind'], message: string) => async () => {
  throw new RepairError(kind, message);
};

test('a command that ends well is the repair, and is written down with what it said', async () => {
  const { answer, log } = await repaired('restart-kubelet', async () => ({ code: 0, output: 'ok' }));
  expect(answer).toMatchObject({ kind: 'done', changes: { repairs: 1 } });
  expect(log).toEqual(['systemctl restart kubelet → 0: ok']);
});

test('a command that fails is run once more, and then the repair has failed', async () => {
  const run = async () => ({ code: 5, output: '' });
  expect((await repaired('restart-kubelet', run)).answer).toMatchObject({ kind: 'again', step: 'repair' });
  expect((await repaired('restart-kubelet', run, 1)).answer).toEqual({
    kind: 'failed',
    detail: 'restart-kubelet has failed 2 times: systemctl restart kubelet ended with 5',
    changes: { repairs: 2, passes: 0 },
  });
});

test('of a host that was not reached it is told that nothing was run there', async () => {
  const { answer, log } = await repaired('restart-kubelet', failing('not-reached', 'No route to host'), 1);
  expect(answer).toMatchObject({
    kind: 'failed',
    detail: expect.stringContaining('nothing was run: No route to host'),
  });
  expect(log).toEqual(['systemctl restart kubelet → not-reached: No route to host']);
});

test('a command that has not ended in time may still run, and that is said', async () => {
  const { answer } = await repaired('clean-disk', failing('late', 'it may still run'), 1);
  expect(answer).toMatchObject({ kind: 'failed', detail: 'clean-disk has failed 2 times: it may still run' });
});

test('a reboot ends the way to its host: whether it was done the inspection tells, and it is not done twice', async () => {
  expect((await repaired('reboot', failing('cut-off', 'closed by remote host'))).answer).toMatchObject({
    kind: 'done',
  });
  expect((await repaired('restart-kubelet', failing('cut-off', 'closed'))).answer).toMatchObject({ kind: 'again' });
  expect((await repaired('reboot', failing('not-reached', 'refused'))).answer).toMatchObject({ kind: 'again' });
});

test('what is not in the list is not run', async () => {
  const never = async () => {
    throw new Error('it was run');
  };
  expect((await repaired('rm -rf /', never)).answer).toEqual({
    kind: 'failed',
    detail: 'rm -rf / is no repair of the list',
  });
});
