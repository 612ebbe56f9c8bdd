/** One part of a running JDOS under supervision: started, watched, and started again when it dies. */
import { type Clock, sleep, systemClock } from '../../kube/index.ts';

/** One life of a part. */
export interface PartLife<I> {
  /** Told once the part does its work; rejects if it dies before. */
  readonly ready: Promise<I>;
  /** Why it ended; undefined for a clean end. Never rejects. */
  readonly ended: Promise<Error | undefined>;
  /** Asks it to end; resolves when it has. */
  stop(): Promise<void>;
}

export type PartState = 'starting' | 'ready' | 'restarting' | 'stopped';

export interface PartStatus {
  readonly name: string;
  readonly state: PartState;
  readonly restarts: number;
  /** Why it died last. */
  readonly error?: string;
}

export interface PartOptions {
  readonly clock?: Clock;
  /** Told of every death and every return. */
  readonly onChange?: (status: PartStatus) => void;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A part that lived so long starts again with the first pause. */
const SOUND_LIFE_MS = 60_000;

export class Part<I> {
  readonly name: string;
  readonly #launch: () => PartLife<I>;
  readonly #clock: Clock;
  readonly #onChange: (status: PartStatus) => void;
  readonly #stopping = new AbortController();
  #life: PartLife<I> | undefined;
  #state: PartState = 'starting';
  #restarts = 0;
  #error: string | undefined;

  constructor(name: string, launch: () => PartLife<I>, { clock = systemClock, onChange = () => {} }: PartOptions = {}) {
    this.name = name;
    this.#launch = launch;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  get status(): PartStatus {
    const error = this.#error === undefined ? {} : { error: this.#error };
    return { name: this.name, state: this.#state, restarts: this.#restarts, ...error };
  }

  /** Resolves when the part is ready for the first time. A part that cannot start even once is not tried again. */
  async start(): Promise<I> {
    if (this.#life) throw new Error(`${this.name} was started before`);
    this.#life = this.#launch();
    const info = await this.#life.ready;
    this.#state = 'ready';
    void this.#watch(this.#life, this.#clock.now());
    return info;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#life?.stop();
    this.#state = 'stopped';
  }

  async #watch(first: PartLife<I>, bornAt: number): Promise<void> {
    let [life, born, pause] = [first, bornAt, FIRST_PAUSE_MS];
    for (;;) {
      const error = await life.ended;
      if (this.#stopping.signal.aborted) return;
      if (this.#clock.now() - born >= SOUND_LIFE_MS) pause = FIRST_PAUSE_MS;
      this.#died(error);
      const slept = await sleep(this.#clock, pause, this.#stopping.signal).then(
        () => true,
        () => false,
      );
      if (!slept) return;
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      born = this.#clock.now();
      life = this.#revive();
    }
  }

  #revive(): PartLife<I> {
    const life = this.#launch();
    this.#life = life;
    life.ready.then(
      () => this.#change('ready'),
      () => undefined,
    );
    return life;
  }

  #died(error: Error | undefined): void {
    this.#error = error ? error.message : 'ended by itself';
    this.#restarts++;
    this.#change('restarting');
  }

  #change(state: PartState): void {
    if (this.#stopping.signal.aborted) return;
    this.#state = state;
    this.#onChange(this.status);
  }
}
