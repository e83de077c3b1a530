"""Copies the files that the library reads into a wheel; everything else is in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

SHIPPED = (
    "configs", "data/api", "data/phrases.yaml", "data/paper_results.json", "data/paper_statistics.json",
    "data/tasks/test_keys.txt",
)  # fmt: skip


class BuildWithFiles(build_py):
    """build_py, and then the shipped files, for `workflowllm.runs.shipped`."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return  # a checkout's own files are read
        for name in SHIPPED:
            source, target = Path(name), Path(self.build_lib, "workflowllm", "shipped", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(source, target)


setup(cmdclass={"build_py": BuildWithFiles})
