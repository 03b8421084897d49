"""Which content files a proposal touches."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kb.errors import ContributionError


def changed_since(reference: str, content: Path) -> list[str]:
    """Paths below the content folder that differ from where `reference` and this branch parted.

    Names travel between zero bytes and never through a shell, so that a file's name is only a name.

    Raises:
        ContributionError: no Git, no repository, or no such reference.
    """
    if reference.startswith("-"):
        raise ContributionError("%(reference)r is no commit or branch.", reference=reference)
    command = ["git", "diff", "--name-only", "--relative", "--diff-filter=d", "-z", f"{reference}...HEAD", "--", "."]
    try:
        done = subprocess.run(command, cwd=content, capture_output=True, check=False)  # noqa: S603 - a list, no shell
    except OSError as error:
        raise ContributionError(
            "Git cannot be run in %(folder)s (%(reason)s).", folder=content, reason=error.strerror
        ) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise ContributionError(
            "Git does not know what changed since %(reference)r: %(reason)s.",
            reference=reference,
            reason=said[0] if said else "?",
        )
    return [name.decode(errors="replace") for name in done.stdout.split(b"\0") if name]
