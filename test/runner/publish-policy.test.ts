// What may be published: a table of what agents and attackers would like to slip in.

import { describe, expect, it } from "vitest";
import { pathMatches } from "../../src/runner/path-pattern.ts";
import {
  CHANGE_BYTES_MAX,
  FILES_MAX,
  type FileChange,
  refusalOf,
  violations,
} from "../../src/runner/publish-policy.ts";

const RULES = {
  protectedPaths: [".github/**", "deploy/", "*.pem", "docs/**/secret.md"],
  secrets: ["s3cr3t-value-0123456789"],
};

function added(path: string, content: string | Buffer = "text\n", more: Partial<FileChange> = {}): FileChange {
  return { path, oldMode: "000000", newMode: "100644", before: null, after: Buffer.from(content), ...more };
}
function edited(path: string, before: string, after: string): FileChange {
  return { path, oldMode: "100644", newMode: "100644", before: Buffer.from(before), after: Buffer.from(after) };
}
const removed = (path: string): FileChange => ({
  path,
  oldMode: "100644",
  newMode: "000000",
  before: Buffer.from("x"),
  after: null,
});
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("what is published", () => {
  it.each<[what: string, FileChange]>([
    ["a new file", added("src/a.ts")],
    ["a new script", added("run.sh", "#!/bin/sh\n", { newMode: "100755" })],
    ["an edit", edited("src/a.ts", "a", "b")],
    ["a removed file", removed("src/a.ts")],
    ["git's list of ignored files", added(".gitignore", "dist/\n")],
    ["words in other scripts", added("docs/日本語.md", "説明\n")],
    ["a file beside a protected one", added("deploys/a.txt")],
    ["a test key that was there before", edited("a.ts", "AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE // moved")],
    ["a hash that is no key", added("lock.json", `"integrity": "sha512-${"Ab1+".repeat(21)}=="`)],
  ])("%s", (_what, change) => {
    expect(violations([change], RULES)).toEqual([]);
  });
});

describe("what is refused", () => {
  it.each<[what: string, FileChange, because: string]>([
    ["a workflow", added(".github/workflows/ci.yml"), "is protected (`.github/workflows/**`)"],
    ["a workflow, when the letters differ", added(".GitHub/Workflows/ci.yml"), "is protected (`.github/workflows/**`)"],
    ["the removal of a workflow", removed(".github/workflows/ci.yml"), "is protected (`.github/workflows/**`)"],
    ["what the configuration protects", added(".github/CODEOWNERS"), "is protected (`.github/**`)"],
    ["a protected directory", added("deploy/x/y.sh"), "is protected (`deploy/`)"],
    ["a protected name at any depth", added("docs/a/b/secret.md"), "is protected (`docs/**/secret.md`)"],
    ["a file that turns filters on", added("src/.gitattributes"), "tells git what to do"],
    ["a list of submodules", added(".gitmodules"), "tells git what to do"],
    ["a list of submodules, short for Windows", added("GITMOD~1"), "tells git what to do"],
    ["git's own directory", added(".git/hooks/pre-commit"), "is part of git's own directory"],
    ["git's own directory, in capitals", added("a/.GIT/config"), "is part of git's own directory"],
    ["git's own directory, short for Windows", added("GIT~1/config"), "is part of git's own directory"],
    ["git's own directory, with a stream", added(".git::$INDEX_ALLOCATION/config"), "is part of git's own directory"],
    ["git's own directory, with a dot", added(".git./config"), "is part of git's own directory"],
    ["a path that climbs", added("a/../../etc/passwd"), "leads out of the repository"],
    ["an absolute path", added("/etc/passwd"), "leads out of the repository"],
    ["a path with a backslash", added("a\\..\\b"), "has a path that does not look like what it is"],
    ["a path with a line feed", added("a\nb"), "has a path that does not look like what it is"],
    ["a path that reads backwards", added("a\u202egpj.exe"), "has a path that does not look like what it is"],
    ["a path that is no text", added("a\ufffd"), "has a path that does not look like what it is"],
    ["an endless path", added("a/".repeat(300)), "has too long a path"],
    ["a symbolic link", added("link", "/etc/passwd", { newMode: "120000", after: null }), "is a symbolic link"],
    ["a submodule", added("sub", "", { newMode: "160000", after: null }), "is a submodule"],
    ["a file that turns into a link", { ...edited("a", "x", "y"), newMode: "120000" }, "is a symbolic link"],
    [
      "a file that becomes executable",
      { ...edited("a", "x", "y"), newMode: "100755" },
      "changes its mode from 100644 to 100755",
    ],
    ["a mode from nowhere", added("a", "x", { newMode: "100666" }), "has the mode 100666"],
    ["a binary", added("a.bin", Buffer.from([1, 0, 2])), "is not text"],
    ["a GitHub token", added("a", `x = "ghp_${"a1B2".repeat(9)}"`), "seems to contain a GitHub token"],
    ["an Anthropic key", added("a", `sk-ant-api03-${"x".repeat(30)}`), "seems to contain an Anthropic key"],
    ["an AWS key", added("a", "AKIAIOSFODNN7EXAMPLE"), "seems to contain an AWS key"],
    ["a private key", added("a", "-----BEGIN OPENSSH PRIVATE KEY-----"), "seems to contain a private key"],
    [
      "a password in an address",
      added("a", "postgres://admin:hunter2hunter@db.example.com/x"),
      "seems to contain a password in an address",
    ],
    [
      "a new key beside an old one",
      edited("a", "AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE AKIAIOSFODNN7EXAMPLF"),
      "seems to contain an AWS key",
    ],
  ])("%s", (_what, change, because) => {
    expect(violations([change], RULES)).toEqual([expect.stringContaining(because)]);
  });

  it.each<[disguise: string, text: string]>([
    ["as it is", "s3cr3t-value-0123456789"],
    ["backwards", "9876543210-eulav-t3rc3s"],
    ["in base64", base64("s3cr3t-value-0123456789")],
    ["in base64, one byte on", base64("!s3cr3t-value-0123456789!")],
    ["in base64, two bytes on", base64("!!s3cr3t-value-0123456789!!")],
    ["in hexadecimal", Buffer.from("s3cr3t-value-0123456789").toString("hex")],
    ["in HEXADECIMAL", Buffer.from("s3cr3t-value-0123456789").toString("hex").toUpperCase()],
    ["without its first letters", "value-0123456789 and so on".replace("value", "3t-value")],
    ["without its last letters", "s3cr3t-value-0123"],
    ["with spaces between", [..."s3cr3t-value-0123456789"].join(" ")],
    ["as a concatenation", "'s3cr3t-v' + 'alue-0123' + '456789'"],
    ["over two lines", "s3cr3t-value-\n0123456789"],
  ])("a known secret %s", (_disguise, text) => {
    expect(violations([added("a", text)], RULES)).toEqual(["`a` seems to contain a secret of this run"]);
  });

  it("too many files", () => {
    const changes = Array.from({ length: FILES_MAX + 1 }, (_, index) => added(`f${index}`));
    expect(violations(changes, RULES)).toEqual(["it changes 101 files, more than 100"]);
  });

  it("too many bytes", () => {
    const half = "x".repeat(CHANGE_BYTES_MAX / 2);
    expect(violations([added("a", half), added("b", half)], RULES)).toEqual([]);
    expect(violations([added("a", half), added("b", `${half}x`)], RULES)).toEqual([
      "its files have 4194305 bytes, more than 4194304",
    ]);
  });
});

it("a refusal is one sentence that names the first few reasons", () => {
  expect(refusalOf([])).toBeNull();
  expect(refusalOf(["`a` is a binary"])).toBe("The change was not published: `a` is a binary.");
  expect(refusalOf(["1", "2", "3", "4", "5"])).toBe("The change was not published: 1; 2; 3, and 2 more.");
});

it.each<[path: string, pattern: string, matches: boolean]>([
  ["a.ts", "*.ts", true],
  ["src/a.ts", "*.ts", false],
  ["src/a.ts", "**/*.ts", true],
  ["a.ts", "**/*.ts", true],
  ["src/deep/a.ts", "src/**", true],
  ["src", "src/**", true],
  ["srcs/a", "src/**", false],
  ["a+b.ts", "a+b.ts", true],
  ["aab.ts", "a+b.ts", false],
  ["axb", "a?b", true],
  ["a/b", "a?b", false],
  ["Docs/A.md", "docs/*.md", true],
  ["docs/a.md", "/docs/", true],
])("%s against %s: %s", (path, pattern, matches) => {
  expect(pathMatches(path, pattern)).toBe(matches);
});
