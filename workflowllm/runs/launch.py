"""torchrun, without its traceback where one of its processes has said what is wrong.

python -m workflowllm.runs.launch --nproc_per_node 2 train.py --base_model ...
"""

import ctypes
import logging
import os
import signal
import sys

from torch.distributed.elastic.multiprocessing.api import SignalException
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError
from torch.distributed.run import main as torchrun

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def die_with_launcher() -> None:
    """End this process when torchrun dies. Killed itself, it leaves its processes training on (Linux only)."""
    if sys.platform == "linux" and "TORCHELASTIC_RUN_ID" in os.environ:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> int:
    """Exit status of the process that failed first, 0 where none did, 1 where a signal ended it."""
    logging.getLogger("torch.distributed.elastic").setLevel(logging.CRITICAL)  # on how the other processes are ended
    logging.getLogger("torch.distributed.elastic.multiprocessing.api").setLevel(logging.CRITICAL)
    try:
        torchrun(sys.argv[1:])
    except ChildFailedError as error:
        rank, failure = error.get_first_failure()
        if failure.exitcode < 0:
            name = signal.Signals(-failure.exitcode).name
            why = "; the machine may have run out of memory" if name == "SIGKILL" else ""
            print(f"launch: process {rank} was ended by {name}{why}.", file=sys.stderr)
            return 1
        return failure.exitcode
    except (SignalException, KeyboardInterrupt):
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
