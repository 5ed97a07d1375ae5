import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run build:pages`: the trading page and the operator console, as files that the server serves. */
const pages = resolve(import.meta.dirname, 'src/pages');

export default defineConfig({
  root: pages,
  plugins: [react()],
  build: {
    outDir: resolve(import.meta.dirname, 'dist/pages'),
    emptyOutDir: true,
    // Inlined files would need a laxer policy than the server sends.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { trading: resolve(pages, 'index.html'), console: resolve(pages, 'console.html') },
    },
  },
  server: {
    proxy: { '/v1': 'http://localhost:3000', '/ws': { target: 'ws://localhost:3000', ws: true } },
  },
});
