import { hubContract } from "./hub.contract.ts";
import { createMemoryStage } from "./memory-stage.ts";

hubContract("the hub in memory", createMemoryStage);
