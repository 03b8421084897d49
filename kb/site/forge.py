"""Where a new file is opened in the repository that contributions go to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kb.errors import SettingError

_ADDRESS = re.compile(r"(?:(github|gitlab):)?(https://[\w.-]+(?::\d+)?/[\w./~-]+?)(?:\.git)?/?", re.ASCII)


@dataclass(frozen=True)
class Forge:
    """`kind` is `github`, `gitlab` or empty (no repository: files are only downloaded)."""

    kind: str = ""
    new_file: str = ""
    """Address of the page on which a new file is written. GitHub takes the name as `filename` and the text as `value`;
    GitLab takes the name as `file_name` and no text."""


def forge(repository: str, branch: str = "main") -> Forge:
    """The forge that hosts a repository: GitLab where its host says so or the address begins with `gitlab:`.

    Raises:
        SettingError: not the address of a repository.
    """
    if not repository:
        return Forge()
    found = _ADDRESS.fullmatch(repository)
    if not found or not re.fullmatch(r"[\w./-]+", branch):
        raise SettingError(
            f"KB_REPOSITORY must be a repository's address such as https://github.com/owner/name, not {repository!r}; put "
            "`gitlab:` before the address of a GitLab of your own."
        )
    address = found[2]
    kind = found[1] or ("gitlab" if "gitlab" in address.split("/")[2] else "github")
    return Forge(kind, f"{address}{'/-' if kind == 'gitlab' else ''}/new/{branch}")
