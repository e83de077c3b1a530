"""Estimate the memory that training with ZeRO-2 takes: DeepSpeed's formula for states, our own for activations.

    python eval/estimate_memory.py
    python eval/estimate_memory.py --config output/models/smollm2-135m-instruct/config.json --devices 1 2

Prints a line for each number of devices, without and with optimizer states offloaded to the host, and whether it fits
into devices of --device_gb. The default is Llama-3.1-8B's shape on devices of 80 GB. Reads no weight and needs no GPU.
"""

import argparse
from pathlib import Path

from workflowllm.runs.command import ALL_DONE, run_command
from workflowllm.runs.flags import positive_int
from workflowllm.runs.shipped import shipped


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", type=Path, default=shipped("configs") / "shapes" / "llama-3.1-8b.json",
                        help="a model's config.json (default: %(default)s)")  # fmt: skip
    parser.add_argument("--devices", type=positive_int, nargs="+", default=[1, 2, 4, 8],
                        help="devices of a machine (default: 1 2 4 8)")  # fmt: skip
    parser.add_argument("--nodes", type=positive_int, default=1, help="machines (default: %(default)s)")
    parser.add_argument("--device_gb", type=float, default=80, help="memory of a device (default: %(default)s)")
    parser.add_argument("--row_tokens", type=positive_int, default=8192, help="default: %(default)s")
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16", help="default: %(default)s")
    parser.add_argument("--no_gradient_checkpointing", action="store_true", help="keep all activations")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    from support.shapes import read_shape

    from workflowllm.training.memory import GB, estimated_needs, needs_sentence, parameter_count

    config = read_shape(arguments.config)
    parameters = parameter_count(config)
    print(f"{parameters:,} parameters, {arguments.precision}, rows of {arguments.row_tokens} tokens")
    for offloads in (False, True):
        for devices in arguments.devices:
            needs = estimated_needs(
                config,
                parameters,
                devices,
                arguments.nodes,
                offloads,
                arguments.row_tokens,
                arguments.precision,
                checkpointing=not arguments.no_gradient_checkpointing,
            )
            fits = (needs.states + needs.activations) / GB <= arguments.device_gb
            where = f"{devices} x {arguments.device_gb:g} GB" + (", optimizer on the host" if offloads else "")
            print(f"{where}: {'fits' if fits else 'DOES NOT FIT'}: {needs_sentence(needs)}")
    return ALL_DONE


if __name__ == "__main__":
    run_command(main)
