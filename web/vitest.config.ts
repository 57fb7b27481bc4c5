import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vite.config.ts";

// Most tests are of plain functions; only those of components (`.tsx`) pay for a document.
export default mergeConfig(
  base,
  defineConfig({
    test: {
      pool: "threads",
      isolate: false,
      projects: [
        { extends: true, test: { name: "functions", environment: "node", include: ["src/**/*.test.ts"] } },
        {
          extends: true,
          test: {
            name: "components",
            environment: "happy-dom",
            include: ["src/**/*.test.tsx"],
            setupFiles: ["src/test-setup.ts"],
          },
        },
      ],
    },
  }),
);
