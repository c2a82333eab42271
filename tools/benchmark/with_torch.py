"""The same work done by PyTorch, eager, in its own order of axes."""

import torch
from torch import nn

RATE = 0.01


def reference():
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Dropout(0.25), nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5)),
        nn.Linear(128, 10),
    )


def training_step(network, shape, samples=128):
    x, t = torch.rand(samples, *shape), torch.randint(0, 10, (samples,))
    optimiser, loss = torch.optim.SGD(network.parameters(), lr=RATE), nn.CrossEntropyLoss()

    def step():
        optimiser.zero_grad()
        loss(network(x), t).backward()
        optimiser.step()

    return step


def reference_step(threads):
    torch.set_num_threads(threads)
    return training_step(reference(), (1, 28, 28))


def dense_step(threads):
    torch.set_num_threads(threads)
    network = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))
    return training_step(network, (784,))


def prediction(threads):
    torch.set_num_threads(threads)
    network, batches = reference().eval(), torch.rand(10_000, 1, 28, 28).split(500)

    def predict():
        with torch.no_grad():
            for batch in batches:
                network(batch)

    return predict


def convolution(threads, maps, filters, kernel, options):
    torch.set_num_threads(threads)
    layer = nn.Conv2d(maps, filters, kernel, **options)
    x = torch.rand(128, maps, 28, 28, requires_grad=True)
    gradient = torch.rand_like(layer(x))

    def there_and_back():
        layer.zero_grad()
        x.grad = None
        layer(x).backward(gradient)

    return there_and_back
