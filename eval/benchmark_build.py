"""How long preprocess/build_dataset.py takes, and how much memory, for many synthetic records.

    python eval/benchmark_build.py --records 100000 --workers 2

The records are joined from the samples' code, 78 actions on average (the paper has 78.5). Random words as texts and
comments keep them from being near-duplicates, and each calls random APIs of the catalogue, the one of rank n 1/n times
as often as the first. One record in twenty is a copy of an earlier one. The script prints the seconds of the whole run
and the peak memory of all its processes together (proportional set size, sampled five times a second). Exit status 1:
over a limit.
"""

import argparse
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from support.made_workflows import SAMPLES, blocks_of, made_records
from support.watched_run import watched_run

from workflowllm.runs.command import ALL_DONE, SOME_FAILED, CommandError, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.json_lines import json_line
from workflowllm.runs.paths import check_paths

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Flags:
    """What a command line asks for."""

    samples: Path
    records: int
    workers: int
    seed: int
    most_seconds: float
    most_gib: float
    folder: Path | None


def parse_flags() -> Flags:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=Path, default=SAMPLES,
                        help="records to join (default: data/data_samples.json)")  # fmt: skip
    parser.add_argument("--records", type=positive_int, default=100_000, help="records to make (default: %(default)s)")
    parser.add_argument("--workers", type=positive_int, default=2, help="processes of the build (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the records (default: %(default)s)")
    parser.add_argument("--most_seconds", type=float, default=600, help="time limit in seconds (default: %(default)s)")
    parser.add_argument("--most_gib", type=float, default=4, help="memory limit in GiB (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="folder where records and data set stay (default: none)")
    return Flags(**vars(parser.parse_args()))


def measure(flags: Flags, folder: Path) -> int:
    records = folder / "records.jsonl"
    check_paths([flags.samples], [records, folder / "data"])
    blocks = blocks_of(flags.samples)
    with records.open("wb") as handle:
        for record in made_records(flags.records, blocks, flags.seed):
            handle.write(json_line(record))
    size = records.stat().st_size
    print(f"records   {flags.records}, {size / 2**20:.0f} MiB, {size / flags.records / 1000:.1f} kB each")
    script = ROOT / "preprocess" / "build_dataset.py"
    output = folder / "data"
    status, seconds, peak = watched_run([sys.executable, script, "--synthesized", records, "--output", output,
                                         "--workers", str(flags.workers)])  # fmt: skip
    if status != ALL_DONE:
        raise CommandError(f"the build ended with status {status}.")
    splits = json.loads((output / "build.json").read_text("utf-8"))["splits"]
    print(f"splits    {json.dumps(splits)}")
    print(f"seconds   {seconds:.0f} with {flags.workers} workers (limit {flags.most_seconds:.0f})")
    print(f"memory    {peak / 2**30:.2f} GiB at the peak (limit {flags.most_gib:g})")
    return ALL_DONE if seconds <= flags.most_seconds and peak <= flags.most_gib * 2**30 else SOME_FAILED


def main() -> int:
    flags = parse_flags()
    if flags.folder:
        flags.folder.mkdir(parents=True, exist_ok=True)
        return measure(flags, flags.folder)
    with tempfile.TemporaryDirectory() as folder:
        return measure(flags, Path(folder))


if __name__ == "__main__":
    run_command(main)
