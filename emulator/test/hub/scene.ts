// A small scene for the tests of the emulator's own machinery: acme/app with alice (admin) and bob (write), one app.
import { createServer } from "node:http";
import { App, Octokit } from "octokit";
import { createEmulator, type Emulator, type EmulatorOptions } from "../../src/index.ts";

export const REPO = { owner: "acme", repo: "app" } as const;

export const Plain = Octokit.defaults({
  throttle: { enabled: false },
  retry: { enabled: false },
  log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
});

function ignore(): void {}

export interface Scene {
  readonly hub: Emulator;
  readonly alice: Octokit;
  readonly bot: Octokit;
  readonly app: App;
  readonly appKeys: { readonly id: number; readonly clientId: string; readonly clientSecret: string };
  readonly installationId: number;
}

export async function openScene(options: EmulatorOptions = {}, webhookUrl?: string): Promise<Scene> {
  const hub = await createEmulator({ actions: { enabled: false }, ...options });
  hub.createOrganization({ login: "acme", members: { alice: "admin" } });
  hub.createUser({ login: "bob" });
  await hub.createRepository({
    ...{ owner: "acme", name: "app" },
    files: { "README.md": "# app\n" },
    collaborators: { bob: "write" },
  });
  const made = hub.createApp({
    slug: "octoflow",
    owner: "acme",
    permissions: { issues: "write", contents: "write", pull_requests: "write" },
    events: ["issues", "issue_comment"],
    callbackUrls: ["http://127.0.0.1/callback"],
    ...(webhookUrl === undefined ? {} : { webhookUrl, webhookSecret: "s3cret" }),
  });
  const installation = hub.installApp({ app: "octoflow", account: "acme" });
  const app = new App({
    appId: made.id,
    privateKey: made.privateKeyPem,
    oauth: { clientId: made.clientId, clientSecret: made.clientSecret },
    Octokit: Plain.defaults({ baseUrl: hub.apiUrl }),
  });
  return {
    hub,
    app,
    appKeys: made,
    installationId: installation.id,
    alice: new Plain({ baseUrl: hub.apiUrl, auth: hub.tokenOf("alice") }),
    bot: await app.getInstallationOctokit(installation.id),
  };
}

export interface Sink {
  readonly url: string;
  readonly heard: { readonly guid: string; readonly name: string; readonly title: string }[];
  readonly close: () => Promise<void>;
}

/** Takes webhooks and keeps what identifies them, in the order of arrival. */
export async function openSink(): Promise<Sink> {
  const heard: { guid: string; name: string; title: string }[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
    request.on("end", () => {
      const body = JSON.parse(text);
      const name = `${request.headers["x-github-event"]}.${body.action}`;
      heard.push({ guid: String(request.headers["x-github-delivery"]), name, title: body.issue?.title ?? "" });
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the sink has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    heard,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
