/** Progress of long work on stderr: one line that is rewritten in a terminal, one line a step elsewhere. */
import process from 'node:process';

export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH = 28;
/** Outside a terminal a bar speaks at every so many percent. */
const LINE_STEP = 10;

export class Progress {
  readonly #out: ProgressOutput;
  #open = false;
  #spoken = '';

  constructor(out: ProgressOutput = process.stderr) {
    this.#out = out;
  }

  /** What is going on; the next call replaces it. Shown in a terminal only. */
  doing(text: string): void {
    if (!this.#out.isTTY) return;
    this.#out.write(`\r\u001b[K  … ${text.slice(0, (this.#out.columns ?? 80) - 5)}`);
    this.#open = true;
  }

  done(text: string): void {
    this.#line(`  ✓ ${text}`);
  }

  failed(text: string): void {
    this.#line(`  ✗ ${text}`);
  }

  /** `label [=====>    ] 450/1523 30%` */
  bar(label: string, done: number, total: number): void {
    const share = total === 0 ? 1 : done / total;
    const text = `${label} ${drawBar(share)} ${done}/${total} ${Math.floor(share * 100)}%`;
    this.doing(text);
    if (this.#out.isTTY) return;
    const step = `${label} ${Math.floor((share * 100) / LINE_STEP)}`;
    if (step !== this.#spoken) this.#line(`  … ${label} ${done}/${total}`);
    this.#spoken = step;
  }

  /** Leaves the line that is being rewritten as it stands. */
  end(): void {
    if (this.#open) this.#out.write('\r\u001b[K');
    this.#open = false;
  }

  #line(text: string): void {
    this.end();
    this.#out.write(`${text}\n`);
  }
}

function drawBar(share: number): string {
  const full = Math.round(share * BAR_WIDTH);
  return `[${'='.repeat(full)}${' '.repeat(BAR_WIDTH - full)}]`;
}
