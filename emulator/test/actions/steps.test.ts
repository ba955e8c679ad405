import { describe, expect, it } from "vitest";
import { readEnvFile, readPathFile } from "../../src/actions/steps/env-file.ts";
import { createMasks } from "../../src/actions/steps/masks.ts";
import { readCommand } from "../../src/actions/steps/workflow-command.ts";

describe("workflow commands", () => {
  it.each<[line: string, command: ReturnType<typeof readCommand>]>([
    ["::notice::hello", { name: "notice", properties: {}, text: "hello" }],
    ["  ::GROUP::My group", { name: "group", properties: {}, text: "My group" }],
    ["::endgroup::", { name: "endgroup", properties: {}, text: "" }],
    [
      "::error file=a.ts,line=3,endLine=4,title=Bad%3A thing%2C yes::two%0Alines 100%25",
      {
        name: "error",
        properties: { file: "a.ts", line: "3", endLine: "4", title: "Bad: thing, yes" },
        text: "two\nlines 100%",
      },
    ],
    [
      "::warning title=C:\\x::text :: with colons",
      { name: "warning", properties: { title: "C:\\x" }, text: "text :: with colons" },
    ],
    ["::0c5b-token::", { name: "0c5b-token", properties: {}, text: "" }],
    ["just output", null],
    ["a ::notice::in the middle", null],
    [":notice::one colon", null],
  ])("%s", (line, command) => {
    expect(readCommand(line)).toEqual(command);
  });
});

describe("environment files", () => {
  it.each<[why: string, text: string, values: Readonly<Record<string, string>>]>([
    ["plain pairs", "a=1\nb=x=y\n", { a: "1", b: "x=y" }],
    ["an empty value", "a=\n", { a: "" }],
    ["several lines", "a<<EOF\none\n\ntwo=2\nEOF\nb=3\n", { a: "one\n\ntwo=2", b: "3" }],
    ["an empty heredoc", "a<<E\nE\n", { a: "" }],
    ["<< in a value", "a=x<<y\n", { a: "x<<y" }],
    ["Windows line ends", "a=1\r\nb<<E\r\nx\r\nE\r\n", { a: "1", b: "x" }],
    ["the last one wins", "a=1\na=2\n", { a: "2" }],
    ["a byte order mark", "\uFEFFa=1\n", { a: "1" }],
  ])("reads %s", (_why, text, values) => {
    const read = readEnvFile(text);
    expect("values" in read && Object.fromEntries(read.values)).toEqual(values);
  });

  it.each<[why: string, text: string, problem: string]>([
    ["a line without =", "hello\n", "Invalid format 'hello'"],
    ["no name", "=1\n", "Invalid format '=1'"],
    ["a heredoc without end", "a<<EOF\nb\n", "Matching delimiter not found 'EOF'"],
  ])("refuses %s", (_why, text, problem) => {
    const read = readEnvFile(text);
    expect("problem" in read && read.problem).toContain(problem);
  });

  it("reads a path file line by line", () => {
    expect(readPathFile("/a\n\n/b\n")).toEqual(["/a", "/b"]);
  });
});

describe("masks", () => {
  it.each<[why: string, text: string, shown: string]>([
    ["as it is", "the s3cr3t+value! is out", "the *** is out"],
    ["in base64", `x ${Buffer.from("s3cr3t+value!").toString("base64")}`, "x ***==".slice(0, 5)],
    ["in base64 behind other text", Buffer.from("user:s3cr3t+value!").toString("base64").slice(0, 6), "dXNlcj"],
    ["in a URL", "q=s3cr3t%2Bvalue!", "q=***"],
    ["a line of many", "second line", "***"],
    ["nothing else", "s3cr3t", "s3cr3t"],
  ])("hides a secret %s", (_why, text, shown) => {
    const masks = createMasks(["s3cr3t+value!"]);
    masks.add("first line\nsecond line");
    expect(masks.apply(text)).toContain(shown);
    expect(masks.apply(text)).not.toContain("s3cr3t+value!");
  });

  it("hides the base64 of `user:secret`, as in an Authorization header", () => {
    const masks = createMasks(["ghs_0123456789abcdef"]);
    const header = Buffer.from("x-access-token:ghs_0123456789abcdef").toString("base64");
    const shown = masks.apply(`AUTHORIZATION: basic ${header}`);
    expect(shown).toContain("***");
    expect(Buffer.from(shown.split(" ")[2] ?? "", "base64").toString()).not.toContain("0123456789abc");
  });
});
