"""The training step of the reference network by TensorFlow, compiled into a graph."""

import tensorflow
from tensorflow import keras

RATE = 0.01


def reference():
    layers = [
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.Conv2D(64, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Dropout(0.25),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10),
    ]
    return keras.Sequential(layers)


def reference_step(threads):
    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    network, optimiser = reference(), keras.optimizers.SGD(RATE)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    x = tensorflow.random.uniform((128, 28, 28, 1))
    labels = tensorflow.random.uniform((128,), maxval=10, dtype=tensorflow.int32)
    network(x)

    @tensorflow.function
    def step():
        with tensorflow.GradientTape() as tape:
            value = loss(labels, network(x, training=True))
        gradients = tape.gradient(value, network.trainable_variables)
        optimiser.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
        return value

    return lambda: step().numpy()
