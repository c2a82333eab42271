"""The command line: `python -m cnnbook train` and `python -m cnnbook evaluate`."""

import argparse
import math
import sys
from pathlib import Path

from cnnbook.cli.commands import INTERRUPTED, evaluate, train
from cnnbook.cli.places import in_words
from cnnbook.training import DivergenceError

REFUSED = 2  # exit code
DESCRIPTION = "Train the book's reference network on MNIST, and evaluate it."
MOST = 10**9  # of what is counted
RATES = {"adam": 0.001, "momentum": 0.05}


class Parser(argparse.ArgumentParser):
    """A parser that refuses in one sentence."""

    def error(self, message):
        self.exit(REFUSED, f"{self.prog}: {message} (see --help)\n")


def main(arguments=None):
    """Run a command and return its exit code: 0, 2 for a refusal, 130 after Ctrl-C."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except (ValueError, OSError, DivergenceError) as error:
        print(f"python -m cnnbook: {in_words(error)}", file=sys.stderr)
        return REFUSED


def _parser():
    parser = Parser(prog="python -m cnnbook", description=DESCRIPTION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_train(commands)
    command = commands.add_parser(
        "evaluate",
        help="count the test digits that trained weights get right",
        description="Print how many of MNIST's test digits the reference network gets right.",
    )
    command.add_argument("weights", type=Path, metavar="WEIGHTS", help="a file that train wrote")
    _add_common(command)
    command.set_defaults(run=evaluate)
    return parser


def _add_train(commands):
    command = commands.add_parser(
        "train",
        help="train the reference network on MNIST",
        description=(
            "Train the reference network on MNIST, and write its weights. Ctrl-C writes a "
            "checkpoint; the same command with --resume goes on from there, to the same weights "
            "as without an interruption."
        ),
    )
    add = command.add_argument
    default = "(%(default)s)"
    add("--weights", type=Path, default="weights.npz", metavar="FILE", help=f"to write {default}")
    add("--half", action="store_true", help="write half precision, if no test digit is lost by it")
    add("--overwrite", action="store_true", help="replace weights and record that are there")
    add("--checkpoint", type=Path, metavar="FILE", help="(beside the weights)")
    add("--resume", action="store_true", help="go on from the checkpoint")
    add("--epochs", type=_count, default=12, metavar="N", help=f"may grow later {default}")
    add("--batch-size", type=_count, default=128, metavar="N", help=f"in a minibatch {default}")
    add("--optimiser", choices=list(RATES), default="adam", help=f"how steps are taken {default}")
    add("--rate", type=_positive, metavar="X", help=f"learning rate ({_rates()})")
    add("--decay", type=_decay, default=0.8, metavar="X", help=f"of the rate, by epoch {default}")
    add("--momentum", type=_fraction, default=0.9, metavar="X", help=f"mu, if used {default}")
    add("--validation", type=_whole, default=0, metavar="N", help=f"digits held out {default}")
    add("--seed", type=_whole, default=0, metavar="N", help=f"of all random numbers {default}")
    _add_common(command)
    command.set_defaults(run=_train)


def _add_common(command):
    command.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="of MNIST's four files (the one in CNNBOOK_DATA, or a download)",
    )
    command.add_argument(
        "--threads",
        type=_count,
        metavar="N",
        help="the result does not depend on it (all cores)",
    )


def _train(options):
    options.rate = options.rate or RATES[options.optimiser]
    return train(options)


def _rates():
    return ", ".join(f"{rate} for {name}" for name, rate in RATES.items())


def _number(text, kind, fits, wanted):
    try:
        number = kind(text)
    except ValueError:
        number = None
    if number is None or not fits(number):
        raise argparse.ArgumentTypeError(f"expected {wanted}, but got {text!r}")
    return number


def _count(text):
    return _number(text, int, lambda n: 1 <= n <= MOST, f"a whole number from 1 to {MOST:,}")


def _whole(text):
    return _number(text, int, lambda n: n >= 0, "a whole number, 0 or more")


def _positive(text):
    return _number(text, float, lambda x: 0 < x < math.inf, "a positive number")


def _fraction(text):
    return _number(text, float, lambda x: 0 <= x < 1, "a number from 0 to below 1")


def _decay(text):
    return _number(text, float, lambda x: 0 < x <= 1, "a number above 0, at most 1")
