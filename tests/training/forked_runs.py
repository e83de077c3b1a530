"""Runs of train.py in forks of one process, so that its libraries load once.

    python -m tests.training.forked_runs NUMBERS FLAGS...

NUMBERS, separated by commas, are the file operations to kill the runs at, one after the other; 0 kills none. For each
run a line is printed: how it ended (a signal is negative), and how many file operations it had if it ended by itself.
"""

import os
import sys

from eval.support.kill_at import kill_at
from train import training_config
from workflowllm.training.run import run


def forked(number: int, words: list[str]) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    operations = kill_at(number)
    status = run(training_config(words))
    print(f"operations {operations()}", flush=True)
    os._exit(status)


if __name__ == "__main__":
    for number in sys.argv[1].split(","):
        print(f"status {forked(int(number), sys.argv[2:])}", flush=True)
