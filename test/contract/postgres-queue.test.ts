import { afterAll, beforeAll } from "vitest";
import { systemClock, systemRandom } from "../../src/adapters/clock.ts";
import { openPostgresQueue } from "../../src/adapters/queue/postgres-queue.ts";
import { type Postgres, startPostgres } from "../support/postgres.ts";
import { describeWorkQueue } from "./work-queue.contract.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

describeWorkQueue("the queue on PostgreSQL", async (options) =>
  openPostgresQueue({
    connectionString: await postgres.database(),
    clock: systemClock,
    random: systemRandom,
    onTrouble: (message, data) => console.error(message, data),
    ...options,
  }),
);
