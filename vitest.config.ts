import process from 'node:process';
import { defineConfig } from 'vitest/config';

/** CommonJS packages are imported as Node imports them. */
const deps = { interopDefault: false };

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'], testTimeout: 20_000, deps } },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          deps,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/real/*.test.ts', 'test/conformance/api.test.ts'],
          env: { JDOS_TARGET: process.env.JDOS_TARGET ?? 'real' },
          testTimeout: 60_000,
          hookTimeout: 1_800_000,
          deps,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 180_000,
          deps,
        },
      },
      {
        test: {
          name: 'node',
          include: ['test/real/node/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 1_800_000,
          deps,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          deps,
        },
      },
    ],
    maxWorkers: 2,
  },
});
