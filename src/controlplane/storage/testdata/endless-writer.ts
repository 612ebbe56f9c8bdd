/** Writes to a store for ever and prints `key value` after each acknowledgement; made to be killed. */
import { Store } from '../store.ts';

const store = Store.open(process.argv[2]!);
const things = store.collection('things');
const WRITERS = 16;

async function write(key: string): Promise<never> {
  for (;;) {
    const change = await store.write(things, key, (current) => ({
      object: { metadata: { name: key }, value: (current?.parse().value ?? 0) + 1, filler: 'x'.repeat(500) },
    }));
    process.stdout.write(`${key} ${change!.entry.parse().value}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, i) => write(`key-${i}`)));
