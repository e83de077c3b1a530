"""Chart how a data set's records spread over action counts, categories and applications, next to the paper's figures.

    python preprocess/plot_statistics.py --folder_path output/data --output_dir output/charts

Six charts, each as PNG and SVG: actions, categories and applications of collected and of synthesized records. The
numbers are those of statistics.json, which preprocess/build_dataset.py writes, and of data/paper_statistics.json.
"""

import argparse
import json
import sys
from pathlib import Path

from workflowllm.dataset.statistics import Statistics
from workflowllm.records.paper import paper_statistics
from workflowllm.runs.command import ALL_DONE, CommandError, run_command
from workflowllm.runs.paths import check_paths
from workflowllm.runs.reasons import reason_of

FIELDS = {"actions", "category", "application_names", "origin", "api_uses", "built_in_uses"}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder_path", type=Path, required=True, help="data set with its statistics.json")
    parser.add_argument(
        "--output_dir", type=Path, default=Path("output/charts"), help="folder of the charts (default: %(default)s)"
    )
    return parser.parse_args()


def read_rows(folder: Path) -> list[Statistics]:
    """The statistics of every record of a data set."""
    path = folder / "statistics.json"
    try:
        rows = list(json.loads(path.read_text("utf-8")).values())
        if rows and all(row.keys() >= FIELDS for row in rows):
            return rows
    except OSError as error:
        raise CommandError(f"cannot read {path}: {reason_of(error)}; build_dataset.py writes it.") from None
    except (ValueError, AttributeError):
        pass
    raise CommandError(f"{path} holds no statistics of records; build_dataset.py writes them.")


def main() -> int:
    arguments = parse_arguments()
    check_paths([arguments.folder_path / "statistics.json"], [arguments.output_dir])
    rows = read_rows(arguments.folder_path)
    from workflowllm.dataset.charts import draw_all  # imports matplotlib, which takes a second

    written = draw_all(rows, paper_statistics(), arguments.output_dir)
    for path in written:
        print(path)
    print(f"done {len(written)}, skipped 0, failed 0", file=sys.stderr)
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
