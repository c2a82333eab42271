"""A drawing of strokes as an image, placed in its frame as the digits of MNIST are.

A stroke is a list of points (x, y), y downwards, in any unit; a drawing is a list of strokes.
"""

import numpy as np

SIZE = 28  # pixels of the image, in both directions
BOX = 20  # the longer side of the ink
RADIUS = 1.3  # of the pen, in pixels: with it, drawings are as dark as MNIST's digits
LEAST = 25  # of the drawing's unit: smaller drawings are not enlarged further


def image_of(strokes):
    """The ink of the strokes: an image (28, 28), 0 to 1.

    As MNIST's digits were prepared, the drawing is scaled until its longer side fills 20 pixels,
    and moved until its centre of mass is the centre of the image. The pen is as thick in every
    drawing, and a pixel's ink is how far the pen reaches over its centre, from 0 to 1.
    """
    strokes = [np.array(stroke, dtype=float) for stroke in strokes if len(stroke)]
    if not strokes:
        return np.zeros((SIZE, SIZE))
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = (BOX - 2 * RADIUS) / max(*(high - low), LEAST)
    placed = [(stroke - (low + high) / 2) * scale + SIZE / 2 for stroke in strokes]
    first = _ink(placed)
    shift = SIZE / 2 - _centre_of_mass(first)
    return _ink([stroke + shift for stroke in placed])


def _ink(strokes):
    centres = np.stack(np.meshgrid(*[np.arange(SIZE) + 0.5] * 2), axis=-1)  # (row, column, (x, y))
    nearest = np.full((SIZE, SIZE), np.inf)
    for stroke in strokes:
        for start, end in zip(stroke, [*stroke[1:], stroke[-1]], strict=True):
            nearest = np.minimum(nearest, _distance(centres, start, end))
    return np.clip(RADIUS + 0.5 - nearest, 0, 1)


def _distance(points, start, end):
    """From each point to the nearest of a segment."""
    along = end - start
    length = along @ along
    part = (
        np.clip((points - start) @ along / length, 0, 1) if length else np.zeros(points.shape[:2])
    )
    return np.hypot(*np.moveaxis(points - start - part[..., None] * along, -1, 0))


def _centre_of_mass(ink):
    places = np.arange(SIZE) + 0.5
    return np.array([ink.sum(axis=0) @ places, ink.sum(axis=1) @ places]) / ink.sum()


def _arc(x, y, width, height, start, end, points=15):
    """Points on an ellipse, from one angle to another, in degrees; 90 is below its centre."""
    angles = np.radians(np.linspace(start, end, points))
    across, down = x + width * np.cos(angles), y + height * np.sin(angles)
    return [(float(a), float(d)) for a, d in zip(across.round(1), down.round(1), strict=True)]


# A drawing of each digit, in a frame of 100 x 100.
DIGITS = (
    [_arc(50, 50, 24, 36, -90, 270)],
    [[(40, 26), (52, 14), (52, 86)]],
    [[*_arc(50, 34, 22, 20, -170, 40), (30, 84), (74, 84)]],
    [[*_arc(47, 32, 20, 18, -150, 90), *_arc(47, 68, 22, 18, -90, 140)]],
    [[(54, 14), (26, 60), (78, 60)], [(62, 36), (60, 88)]],
    [[(70, 16), (37, 16), (34, 46), *_arc(48, 63, 22, 22, -120, 140)]],
    [[(62, 12), (44, 32), (34, 56), *_arc(52, 66, 18, 20, 190, -170)]],
    [[(28, 18), (74, 18), (48, 86)]],
    [[*_arc(50, 32, 17, 17, 90, 450), *_arc(50, 68, 20, 19, -90, 270)]],
    [[*_arc(49, 33, 19, 19, 10, -350), (66, 60), (60, 88)]],
)
