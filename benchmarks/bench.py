"""What all goals share: our commands, a copy of this clone to work in, and the peers."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Command
from benchmarks.peers import Peers

CLONE = Path(__file__).resolve().parents[1]
COPIED = ("showcore_cfn", "templates", "cli.py", "Makefile", ".ci")
_EDITED = re.compile(r'(SubnetGroupDescription="[a-zA-Z ]*?) ?(\d*)(")')


@dataclass(frozen=True, slots=True)
class Bench:
    """A copy of the code and the templates, in a repository of its own, with caches of its own."""

    clone: Path
    peers: Peers

    def showcore(
        self,
        *arguments: str,
        variables: Mapping[str, str] | None = None,
        before: Callable[[], None] | None = None,
    ) -> Command:
        """A command of ours over the copy, by the console script."""
        script = str(self.clone / ".venv" / "bin" / "showcore")
        return Command(f"showcore {arguments[0]}", (script, *arguments), self.clone, variables, before)

    def python(self, program: str, name: str) -> Command:
        """A Python program over the copy."""
        return Command(name, (self.peers.python, "-c", program), self.clone)

    @property
    def floor(self) -> Command:
        """The interpreter that does nothing: what nobody can be faster than."""
        return self.python("pass", "python -c pass")

    def templates(self) -> list[str]:
        """The paths of our templates, unmodified."""
        return sorted(map(str, (self.clone / "templates").glob("*.yaml")))

    def forget(self) -> None:
        """Delete all caches of the copy."""
        shutil.rmtree(self.clone / ".cache", ignore_errors=True)

    def edit_a_tier(self) -> None:
        """Change a word in the source of one tier, another one each time."""
        source = self.clone / "showcore_cfn" / "tiers" / "database.py"
        text, edited = _EDITED.subn(lambda m: f"{m[1]} {int(m[2] or 0) + 1}{m[3]}", source.read_text("utf-8"))
        assert edited == 1
        source.write_text(text, encoding="utf-8")


@contextmanager
def bench(peers: Peers) -> Iterator[Bench]:
    """A bench in a temporary folder."""
    with TemporaryDirectory(prefix="showcore-bench-") as folder:
        clone = Path(folder)
        for name in COPIED:
            _copy(CLONE / name, clone / name)
        compiled = [peers.python, "-m", "compileall", "-q", "showcore_cfn", "cli.py"]
        subprocess.run(compiled, cwd=clone, check=True)
        _install(clone, peers.python)
        git = ("git", "-c", "user.name=bench", "-c", "user.email=bench@example.com", "-C", folder)
        for line in (("init", "-q", "-b", "main"), ("add", "templates"), ("commit", "-q", "-m", "base")):
            subprocess.run([*git, *line], check=True)
        made = Bench(clone, peers)
        current = made.showcore("templates")
        subprocess.run(current.line, cwd=current.folder, check=True, stdout=subprocess.DEVNULL)
        yield made


def _install(clone: Path, python: str) -> None:
    """The console script as pip writes one, and an environment that `make` takes for complete."""
    environment, installed = clone / ".venv", Path(python).parents[1]
    script = environment / "bin" / "showcore"
    script.parent.mkdir(parents=True)
    shutil.copy2(installed / "pyvenv.cfg", environment / "pyvenv.cfg")
    for name in ("bin/python", "lib"):
        (environment / name).symlink_to(installed / name)
    lines = (
        f"#!{python}",
        "import sys",
        f"sys.path[0] = {str(clone)!r}",
        "from cli import main",
        "main()",
        "",
    )
    script.write_text("\n".join(lines), encoding="utf-8")
    script.chmod(0o755)
    shutil.copy2(CLONE / ".ci" / "requirements" / "run.lock", clone / ".venv" / "run.stamp")
    (clone / ".venv" / "run.stamp").touch()


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)
