// The files that a repository gets when it is set up: a config that changes nothing yet, an issue form, and the workflow
// that a person adds, because the App may not write workflows.

import type { ProposedFile } from "./ports.ts";

export const ONBOARDING_BRANCH = "signalbox/onboarding";
export const WORKFLOW_PATH = ".github/workflows/signalbox.yml";

const CONFIG = `# How Signalbox works on the issues of this repository. Every key is optional; what is commented out is what holds anyway.
# yaml-language-server: $schema=https://signalbox.dev/config.schema.json

# Commands that prove a change, run by the runner itself. Without any, write \`checks: none\`, or nothing will be merged.
checks: []
#  - { name: test, run: npm test }

# Commands that prepare a checkout.
setup: []
#  - npm ci

# limits: { claimed: 3, review: 10, queued: 20, attempts: 3, rejections: 3 }
# budget: { task: 5, day: 50 } # dollars
# phases: plan-build-test-review
# merge: { method: squash, accept_on: command }
`;

const ISSUE_FORM = `name: Task for an agent
description: Work that an agent can do by itself and prove. It is queued once somebody with write permission labels it.
body:
  - type: textarea
    id: context
    attributes:
      label: Context
      description: What is wrong or missing, where, and what should be true afterwards.
    validations:
      required: true
  - type: textarea
    id: criteria
    attributes:
      label: Acceptance criteria
      description: One in each line. Each should be something that a test or a reader can check.
    validations:
      required: true
  - type: textarea
    id: limits
    attributes:
      label: Out of scope
      description: What must not be touched.
`;

/** What the onboarding pull request adds. */
export const ONBOARDING_FILES: readonly ProposedFile[] = [
  { path: ".github/signalbox.yml", text: CONFIG },
  { path: ".github/ISSUE_TEMPLATE/signalbox-task.yml", text: ISSUE_FORM },
];

/** The thin workflow, as docs/examples/signalbox.yml has it. */
export const WORKFLOW = `# Runs tasks of Signalbox. Add this file as .github/workflows/signalbox.yml, set the variable SIGNALBOX_URL to where your
# app answers, and the secret ANTHROPIC_API_KEY. The app starts it; nothing else does.
name: Signalbox

on:
  workflow_dispatch:
    inputs:
      repository:
        description: The repository that the task belongs to
        type: string
        required: true
      issue:
        description: The task's issue
        type: string
        required: true
      token:
        description: The claim that this run works under
        type: string
        required: true

run-name: signalbox \${{ inputs.repository }}#\${{ inputs.issue }} \${{ inputs.token }}

permissions: {}

jobs:
  work:
    permissions:
      contents: read
      issues: read
      pull-requests: read
      actions: read
      id-token: write
    uses: signalbox-dev/signalbox/.github/workflows/work.yml@v1
    with:
      repository: \${{ inputs.repository }}
      issue: \${{ inputs.issue }}
      token: \${{ inputs.token }}
      app-url: \${{ vars.SIGNALBOX_URL }}
    secrets:
      anthropic-api-key: \${{ secrets.ANTHROPIC_API_KEY }}

  publish:
    needs: work
    if: always()
    permissions:
      id-token: write
    uses: signalbox-dev/signalbox/.github/workflows/publish.yml@v1
    with:
      repository: \${{ inputs.repository }}
      issue: \${{ inputs.issue }}
      token: \${{ inputs.token }}
      app-url: \${{ vars.SIGNALBOX_URL }}
`;
