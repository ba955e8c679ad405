// Branches and pull requests for the probes, made as a person's client would make them: through the contents API.
import { REPO, type Stage } from "./stage.ts";

/** Commits each file on the branch (made from main if it is not there) and returns the new head. */
export async function branchWith(
  stage: Stage,
  branch: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const { data: heads } = await stage.alice.rest.git.listMatchingRefs({ ...REPO, ref: `heads/${branch}` });
  if (!heads.some((ref) => ref.ref === `refs/heads/${branch}`)) {
    const { data: main } = await stage.alice.rest.git.getRef({ ...REPO, ref: "heads/main" });
    await stage.alice.rest.git.createRef({ ...REPO, ref: `refs/heads/${branch}`, sha: main.object.sha });
  }
  let head = "";
  for (const [path, text] of Object.entries(files)) head = await putFile(stage, branch, path, text);
  return head;
}

async function putFile(stage: Stage, branch: string, path: string, text: string): Promise<string> {
  const { data: tree } = await stage.alice.rest.git.getTree({ ...REPO, tree_sha: branch, recursive: "1" });
  const sha = tree.tree.find((entry) => entry.path === path)?.sha;
  const { data } = await stage.alice.rest.repos.createOrUpdateFileContents({
    ...REPO,
    path,
    branch,
    message: `Write ${path}`,
    content: Buffer.from(text).toString("base64"),
    ...(sha === undefined ? {} : { sha }),
  });
  return data.commit.sha ?? "";
}

export async function openPull(
  stage: Stage,
  head: string,
  more: { readonly body?: string; readonly draft?: boolean } = {},
): Promise<{ owner: "acme"; repo: "app"; pull_number: number }> {
  const { data } = await stage.alice.rest.pulls.create({
    ...REPO,
    head,
    base: "main",
    title: `Change of ${head}`,
    ...more,
  });
  return { ...REPO, pull_number: data.number };
}
