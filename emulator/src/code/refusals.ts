// The git side's refusals in the words and status codes of REST.
import { conflict, forbidden, type GitHubError, unprocessable, validationFailed } from "../http/errors.ts";
import type { MoveRefusal } from "./ref-rules.ts";

/** What REST's ref endpoints answer. */
export function refError(refusal: MoveRefusal): GitHubError {
  switch (refusal.reason) {
    case "stale":
      return unprocessable(/^0+$/.test(refusal.expected) ? "Reference already exists" : "Reference update failed");
    case "not-fast-forward":
      return unprocessable("Update is not a fast forward");
    case "missing-object":
    case "not-a-commit":
      return unprocessable("Object does not exist");
    case "bad-name":
      return validationFailed([`${refusal.name} is not a valid ref name.`]);
    case "protected":
      return unprocessable(refusal.message);
    case "rule":
      return unprocessable(`Repository rule violations found\n\n${refusal.message}\n\n`);
    case "workflow-file":
      return forbidden(refusal.message);
    case "default-branch":
      return unprocessable("Cannot delete the default branch");
    case "hidden":
      return unprocessable("Reference cannot be updated");
    default:
      return unprocessable("Reference update failed");
  }
}

/** What endpoints answer that make a commit on a branch (contents, merges). */
export function commitError(refusal: MoveRefusal): GitHubError {
  if (refusal.reason === "protected") return conflict(`Could not update file: ${refusal.message}`);
  if (refusal.reason === "rule") return conflict(`Repository rule violations found\n\n${refusal.message}\n\n`);
  if (refusal.reason === "stale" || refusal.reason === "not-fast-forward")
    return conflict("Reference cannot be updated");
  return refError(refusal);
}
