import { systemClock, systemRandom } from "../../src/adapters/clock.ts";
import { createMemoryQueue } from "../../src/adapters/queue/memory-queue.ts";
import { describeWorkQueue } from "./work-queue.contract.ts";

describeWorkQueue("the queue in memory", async (options) =>
  createMemoryQueue({ clock: systemClock, random: systemRandom, ...options }),
);
