// The repository of the story: a small shop with a real failing test, and the issue that describes it.

export const SHOP_FILES: Readonly<Record<string, string>> = {
  "package.json": `${JSON.stringify({ name: "shop", private: true, type: "module", scripts: { test: "node --test" } }, null, 2)}\n`,
  "README.md": "# Shop\n\nA cart that knows what it costs.\n",
  "AGENTS.md": "Plain JavaScript, no dependencies. `npm test` must pass.\n",
  "cart.js": `/** The price of everything in the cart, in cents. */
export function total(items) {
  return items.map((item) => item.price * item.quantity).reduce((sum, price) => sum + price);
}
`,
  "cart.test.js": `import assert from "node:assert";
import test from "node:test";
import { total } from "./cart.js";

test("adds up what is in the cart", () => {
  assert.equal(total([{ price: 250, quantity: 2 }, { price: 100, quantity: 1 }]), 600);
});

test("an empty cart costs nothing", () => {
  assert.equal(total([]), 0);
});
`,
  ".github/workflows/ci.yml": `name: CI
on: pull_request
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
      - run: npm test
`,
};

export const SHOP_CONFIG = `# How Signalbox works here. Every key is optional.
checks:
  - { name: test, run: npm test }
phases: plan-build-test-review
budget: { task: 5, day: 50 }
`;

export const SHOP_ISSUE = {
  title: "An empty cart crashes the checkout",
  body: `\`total([])\` throws \`TypeError: Reduce of empty array with no initial value\`.

An empty cart should cost nothing:

- [ ] \`total([])\` is \`0\`
- [ ] the tests pass
`,
} as const;
