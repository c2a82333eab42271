"""The same work done by PyTorch, eager, in its own order of axes or with the maps last."""

import torch
from comparisons import BATCH
from torch import nn

RATE = 0.01


def reference():
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Dropout(0.25), nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5)),
        nn.Linear(128, 10),
    )


def training_step(network, x):
    t = torch.randint(0, 10, (len(x),))
    optimiser, loss = torch.optim.SGD(network.parameters(), lr=RATE), nn.CrossEntropyLoss()

    def step():
        optimiser.zero_grad()
        loss(network(x), t).backward()
        optimiser.step()

    return step


def reference_step(threads, channels_last=False):
    torch.set_num_threads(threads)
    order = memory_format(channels_last)
    network = reference().to(memory_format=order)
    return training_step(network, torch.rand(128, 1, 28, 28).to(memory_format=order))


def dense_step(threads):
    torch.set_num_threads(threads)
    network = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    return training_step(network, torch.rand(128, 784))


def prediction(threads, channels_last=False):
    torch.set_num_threads(threads)
    order = memory_format(channels_last)
    network = reference().eval().to(memory_format=order)
    batches = torch.rand(10_000, 1, 28, 28).to(memory_format=order).split(BATCH)

    def predict():
        with torch.inference_mode():
            for batch in batches:
                network(batch)

    return predict


def convolution(threads, maps, filters, kernel, options, channels_last=False):
    torch.set_num_threads(threads)
    order = memory_format(channels_last)
    layer = nn.Conv2d(maps, filters, kernel, **options).to(memory_format=order)
    x = torch.rand(128, maps, 28, 28).to(memory_format=order).requires_grad_()
    gradient = torch.rand_like(layer(x))

    def there_and_back():
        layer.zero_grad()
        x.grad = None
        layer(x).backward(gradient)

    return there_and_back


def memory_format(channels_last):
    return torch.channels_last if channels_last else torch.contiguous_format
