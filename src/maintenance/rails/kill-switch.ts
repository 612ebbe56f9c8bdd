/** One switch stops all operations at their next safe point and refuses new ones. */
import type { Ledger } from '../ledger.ts';

const NAME = 'kill-switch';

export interface KillSwitch {
  readonly on: boolean;
  readonly reason: string;
  readonly actor: string;
}

export async function killSwitch(ledger: Ledger): Promise<KillSwitch | undefined> {
  const value = await ledger.setting<KillSwitch>(NAME);
  return value?.on ? value : undefined;
}

export async function isKilled(ledger: Ledger): Promise<boolean> {
  return (await killSwitch(ledger)) !== undefined;
}

export async function setKillSwitch(ledger: Ledger, on: boolean, actor: string, reason: string): Promise<void> {
  await ledger.set(NAME, { on, actor, reason }, actor);
}
