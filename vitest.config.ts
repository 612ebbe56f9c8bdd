import process from 'node:process';
import { defineConfig } from 'vitest/config';

/** CommonJS packages are imported as Node imports them. */
const deps = { interopDefault: false };

/** Cases of JDOS's own kinds that an API server decides: on the embedded one as part of e2e, on a real one as part of real. */
const DECIDED_BY_THE_API = [
  'test/e2e/groups/{install,identity,rebuild,requests,resize,robust,claims,release,release-checks}.test.ts',
  'test/e2e/groupservice.test.ts',
  'test/e2e/network/{allocator,groups,fleet}.test.ts',
  'test/e2e/nodes/disruption.test.ts',
];

/** What keeps its state in the records: on SQLite as part of unit, once more on PostgreSQL. */
const KEPT_IN_RECORDS = [
  'src/batch/desk.test.ts',
  'src/inspection/runs/{runner,trend,bad-hosts,host-history}.test.ts',
  'src/nodes/lifecycle/host-{book,desk}.test.ts',
  'src/maintenance/{mail,rails}/*.test.ts',
  'src/cli/inspect/mail-briefs.test.ts',
  'src/server/*.test.ts',
  'src/server/accounts/lockout.test.ts',
];

/** The limits of time end what hangs; they judge no speed, and a busy machine keeps them. */
export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['src/**/*.test.ts', 'test/unit/**/*.test.ts'], testTimeout: 60_000, deps } },
      {
        test: {
          name: 'postgres',
          include: KEPT_IN_RECORDS,
          globalSetup: 'test/on-postgres.ts',
          testTimeout: 60_000,
          deps,
        },
      },
      {
        test: {
          name: 'conformance',
          include: ['test/conformance/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 180_000,
          deps,
        },
      },
      {
        test: {
          name: 'real',
          include: ['test/real/*.test.ts', 'test/conformance/api.test.ts', ...DECIDED_BY_THE_API],
          env: { JDOS_TARGET: process.env.JDOS_TARGET ?? 'real' },
          testTimeout: 180_000,
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
          testTimeout: 180_000,
          hookTimeout: 1_800_000,
          deps,
        },
      },
      {
        test: {
          name: 'spark',
          include: ['test/spark/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 180_000,
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
