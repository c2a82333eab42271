"""Training: minibatches, the loop over them, what it saw, and how it goes on after a stop."""

from cnnbook.training.checkpoints import load_checkpoint, save_checkpoint
from cnnbook.training.history import EpochTotals, History
from cnnbook.training.interrupts import stop_on_interrupt
from cnnbook.training.loop import DivergenceError, Training, fit
from cnnbook.training.metrics import accuracy, accuracy_or_nan, errors
from cnnbook.training.minibatches import minibatches

__all__ = [
    "DivergenceError",
    "EpochTotals",
    "History",
    "Training",
    "accuracy",
    "accuracy_or_nan",
    "errors",
    "fit",
    "load_checkpoint",
    "minibatches",
    "save_checkpoint",
    "stop_on_interrupt",
]
