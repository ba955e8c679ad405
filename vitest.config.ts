import { defineConfig } from "vitest/config";

/** Three projects, so that a quick run of the pure core never waits for servers: `npx vitest --project core`. */
export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    restoreMocks: true,
    // Continuous integration counts from the report, and so does `npm run acceptance`.
    reporters:
      process.env["CI"] === undefined ? ["default"] : ["default", ["json", { outputFile: ".vitest/report.json" }]],
    coverage: { provider: "v8", include: ["src/core/**/*.ts"], reporter: ["text-summary", "json-summary"] },
    projects: [
      { extends: true, test: { name: "core", include: ["test/core/**/*.test.ts", "test/tidy.test.ts"] } },
      {
        extends: true,
        test: {
          name: "parts",
          include: [
            "test/workflows.test.ts",
            "test/{reconcile,adapters,app,runner,action,cli,web,contract,support}/**/*.test.ts",
          ],
        },
      },
      { extends: true, test: { name: "faults", include: ["test/{faults,fuzz}/**/*.test.ts"], testTimeout: 120_000 } },
      { extends: true, test: { name: "emulator", include: ["emulator/test/**/*.test.ts"] } },
      {
        extends: true,
        test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 180_000, fileParallelism: false },
      },
    ],
  },
});
