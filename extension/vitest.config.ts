import { defineConfig } from 'vitest/config';

export default defineConfig({
  // One copy of each package, the same one for us and for JupyterLab's own packages.
  resolve: { mainFields: ['module', 'main'], dedupe: ['react', 'react-dom'] },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    setupFiles: ['src/testing/setup.ts'],
    environment: 'jsdom',
    restoreMocks: true,
    // JupyterLab's packages import style sheets and pictures: Vite can load them, Node could not.
    server: { deps: { inline: [/@jupyterlab\//, /@jupyter\//, /@lumino\//, /@microsoft\//, /@rjsf\//] } },
    css: false
  }
});
