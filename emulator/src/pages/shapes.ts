// The few fields of GitHub's REST answers that the pages show. The pages are a client like any other.

export interface Person {
  readonly login: string;
  readonly type: string;
}

export interface LabelShape {
  readonly name: string;
  readonly color: string;
  readonly description: string | null;
}

export interface ReactionCounts {
  readonly [content: string]: number | string;
}

export interface IssueShape {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly state: string;
  readonly state_reason: string | null;
  readonly user: Person | null;
  readonly labels: readonly LabelShape[];
  readonly assignees: readonly Person[];
  readonly milestone: { readonly title: string } | null;
  readonly comments: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly reactions?: ReactionCounts;
  readonly pull_request?: { readonly merged_at: string | null };
  readonly draft?: boolean;
}

export interface TimelineShape {
  readonly id?: number;
  readonly event?: string;
  readonly actor?: Person | null;
  readonly user?: Person | null;
  readonly author?: { readonly name: string };
  readonly body?: string | null;
  readonly message?: string;
  readonly sha?: string;
  readonly state?: string;
  readonly state_reason?: string | null;
  readonly created_at?: string;
  readonly updated_at?: string;
  readonly submitted_at?: string;
  readonly label?: LabelShape;
  readonly assignee?: Person | null;
  readonly milestone?: { readonly title: string };
  readonly rename?: { readonly from: string; readonly to: string };
  readonly source?: { readonly issue?: IssueShape };
  readonly requested_reviewer?: Person;
  readonly reactions?: ReactionCounts;
  readonly commit_id?: string | null;
}

export interface PullShape extends IssueShape {
  readonly draft: boolean;
  readonly merged: boolean;
  readonly merged_by: Person | null;
  readonly mergeable: boolean | null;
  readonly mergeable_state: string;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string };
  readonly additions: number;
  readonly deletions: number;
  readonly changed_files: number;
}

export interface FileShape {
  readonly filename: string;
  readonly status: string;
  readonly additions: number;
  readonly deletions: number;
  readonly patch?: string;
}

export interface CommitShape {
  readonly sha: string;
  readonly commit: {
    readonly message: string;
    readonly author: { readonly name: string; readonly date: string } | null;
    readonly verification?: { readonly verified: boolean };
  };
  readonly author: Person | null;
  readonly files?: readonly FileShape[];
  readonly parents: readonly { readonly sha: string }[];
}

export interface CheckRunShape {
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly details_url: string | null;
  readonly app: { readonly name: string } | null;
  readonly output: { readonly title: string | null; readonly summary: string | null };
}

export interface RunShape {
  readonly id: number;
  readonly name: string | null;
  readonly display_title: string;
  readonly event: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly run_number: number;
  readonly run_attempt: number;
  readonly head_branch: string | null;
  readonly head_sha: string;
  readonly actor: Person | null;
  readonly created_at: string;
}

export interface JobShape {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly steps?: readonly StepShape[];
}

export interface StepShape {
  readonly name: string;
  readonly number: number;
  readonly status: string;
  readonly conclusion: string | null;
}

export interface RepositoryShape {
  readonly full_name: string;
  readonly name: string;
  readonly description: string | null;
  readonly private: boolean;
  readonly default_branch: string;
  readonly permissions?: { readonly push?: boolean; readonly triage?: boolean };
}
