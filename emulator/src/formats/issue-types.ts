// The issue types that every organisation has from the start. GitHub lets owners change them; here they stand.
import { nodeId } from "../world/ids.ts";
import type { JsonObject } from "../world/json.ts";

export interface IssueType {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly color: string;
}

export const ISSUE_TYPES: readonly IssueType[] = [
  { id: 1, name: "Task", description: "A specific piece of work", color: "yellow" },
  { id: 2, name: "Bug", description: "An unexpected problem or behavior", color: "red" },
  { id: 3, name: "Feature", description: "A request, idea, or new functionality", color: "blue" },
];

export function findIssueType(name: string): IssueType | null {
  return ISSUE_TYPES.find((type) => type.name.toLowerCase() === name.toLowerCase()) ?? null;
}

export function issueTypeJson(type: IssueType): JsonObject {
  const { id, name, description, color } = type;
  return { id, node_id: nodeId("IssueType", id), name, description, color, is_enabled: true };
}
