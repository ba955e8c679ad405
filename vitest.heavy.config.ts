import { defineConfig } from "vitest/config";

/** Faults at every call, fuzz and the simulation: too long for every change. `npm run test:heavy`. */
export default defineConfig({
  test: { include: ["test/{faults,fuzz,sim}/**/*.test.ts"], testTimeout: 1_200_000, hookTimeout: 60_000 },
});
