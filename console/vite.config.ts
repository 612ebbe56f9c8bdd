import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** The server builds with `outDir` given; `vite dev` proxies to a running JDOS. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  // light-dark() must stay as it is: the page chooses its scheme at run time.
  build: {
    target: 'es2022',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
});
