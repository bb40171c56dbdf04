"""What the pages of the products have to show of the story (see conftest.py); `{name}` is the id of that name in it."""

from __future__ import annotations

from typing import NamedTuple


class Look(NamedTuple):
    """A page, what has to stand on it (patterns), and what after each click."""

    path: str
    shows: list[str]
    clicks: dict[str, list[str]] = {}


DASH = {
    "overview": Look("/overview", [r"Blocked\n[1-9]", r"Failed\n[1-9]", r"Pending human tasks\n[1-9]", "Error rate: "]),
    "runs": Look("/runs", ["{completes}", "{fails}", "{branches}", "{asks}", "blocked", "branches"]),
    "failed runs": Look("/runs?status=failed", ["{fails}", r"Showing 1–\d of \d"]),
    "run": Look(
        "/runs/{completes}",
        ["completes", "story\n", "Final answer: Final answer: story of completes"],
        {
            "Trace (6)": ["workflow_started", "run_completed", "workflow_completed"],
            "Checkpoints (4)": ["run_started", "step_completed", "run_completed"],
            "Graph": ["one", "two"],
            "Chain": ["{completes}", "{fails}", "{branches}", "{asks}"],
            "Recover": ["completed"],
            "Policy": ["agent_count|agents|valid"],
        },
    ),
    "failed run": Look("/runs/{fails}", ["failed", "Expecting value: line 1 column 1"], {"Recover": ["failed"]}),
    "blocked run": Look("/runs/{asks}", ["blocked", "{task}"], {"Graph": ["draft", "gate"]}),
    "compare": Look(
        "/compare?a={completes}&b={fails}", ["{completes}", "{fails}", r"Trace events\n6", "Expecting value"]
    ),
    "human tasks": Look("/human-tasks", ["asks", "pending", "{asks}", r"in \d+m"]),
    "human task": Look("/human-tasks/{task}", ["pending", "Final answer: story of asks", "Decision"]),
    "audit": Look("/audit", ["WHEN EVENT RUN ACTOR DETAILS", r"\d{4}-\d\d-\d\dT\S+\n[a-z_]+\.[a-z_]+\n.*admin"]),
    "policies": Look("/policies", ["dev", "staging", "Require human review"]),
    "credentials": Look("/credentials", [r"1 present · \d missing", "provider:openai", "KNEO_SERV_API_KEYS"]),
    "errors": Look("/errors", [r"[1-9]\d* failed run", "fails", "{fails}"]),
    "session": Look("/sessions/story", ["4 runs in this session", "{completes}", "{asks}", "blocked"]),
    "health": Look("/health", [r"process responding · 1\.2\.0", "all subsystems ok", "run_state_store", "queue"]),
    "settings": Look("/settings", ["Connections", "Pricing"]),
    "launch": Look("/launch", ["Load", "Deploy"]),
}

STUDIO = {
    "import": Look("/projects/default/import", ["Artifacts in this project", "shown.yaml"]),
    "editor": Look(
        "/projects/default/editor/{artifact}",
        ["YAML is the source of truth", "completes", r"one \(step\)", r"two \(step\)"],
        {
            "Preview": ["[Vv]alid", "[Cc]ompile"],
            "Validate": ["[Vv]alid"],
            "Compile": ["component_agents|echo"],
            "Policy report": ["agent_count|summary|valid"],
        },
    ),
    "debug": Look(
        "/projects/default/debug/{test_run}",
        ["completed", r"one \(step\) · visited", r"Events 1–6 of 6\. This page is complete", r"Checkpoints 1–4 of 4"],
        {"#2 · step_completed": ["step_completed"]},
    ),
    "hand-off": Look(
        "/projects/default/handoff/{artifact}",
        [r"Environment policy: \d policy field", r"Credential references: 8 credential reference\(s\): 1 present"],
    ),
    "test run": Look("/projects/default/test-run/{artifact}", ["Input for this run", "Start a test run"]),
}
