"""torchrun, without its traceback where one of its processes has said what is wrong.

    python -m workflowllm.training.launch --nproc_per_node 2 train.py --base_model ...
"""

import os
import signal
import sys

os.environ.setdefault("LOGLEVEL", "CRITICAL")  # torchrun's lines on how it ends the other processes

from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import main as torchrun


def main() -> int:
    """Exit status of the process that failed first, 0 where none did, 1 where a signal ended it."""
    try:
        torchrun(sys.argv[1:])
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        if failure.exitcode < 0:
            name = signal.Signals(-failure.exitcode).name
            why = "; the machine may have run out of memory" if name == "SIGKILL" else ""
            print(f"train: process {rank} was ended by {name}{why}.", file=sys.stderr)
            return 1
        return failure.exitcode
    return 0


if __name__ == "__main__":
    sys.exit(main())
