// One port in front of several instances: each connection goes to the next one that takes it, as a load balancer does it.
// A connection to an instance that dies is cut; nobody repeats anything.

import { connect, createServer, type Socket } from "node:net";

export interface RoundRobin {
  readonly url: string;
  /** Ports of the instances that are believed to live. */
  readonly ports: Set<number>;
  close(): Promise<void>;
}

export async function createRoundRobin(): Promise<RoundRobin> {
  const ports = new Set<number>();
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    open.add(client);
    client.once("close", () => open.delete(client)).on("error", () => client.destroy());
    turn += 1;
    const order = [...ports];
    pass(client, [
      ...order.slice(turn % Math.max(order.length, 1)),
      ...order.slice(0, turn % Math.max(order.length, 1)),
    ]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the round robin does not listen");
  return {
    url: `http://127.0.0.1:${address.port}`,
    ports,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Tries the instances in turn; with none left, the caller's connection is refused the only way that is left: closed. */
function pass(client: Socket, [port, ...others]: readonly number[]): void {
  if (port === undefined || client.destroyed) {
    client.destroy();
    return;
  }
  const instance = connect(port, "127.0.0.1");
  let isUp = false;
  instance.once("connect", () => {
    isUp = true;
    client.pipe(instance);
    instance.pipe(client);
  });
  instance.on("error", () => (isUp ? client.destroy() : pass(client, others)));
  instance.once("close", () => {
    if (isUp) client.destroy();
  });
  client.once("close", () => instance.destroy());
}
