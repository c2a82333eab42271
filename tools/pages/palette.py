"""The colours of a figure, by the names that the pages' style sheet has for them."""

import re

from cnnbook.plotting import style

VARIABLES = {
    style.INK: "ink",
    style.LINE: "line",
    style.FAINT: "faint",
    style.INPUT: "input",
    style.KERNEL: "kernel",
    style.FORWARD: "forward",
    style.GRADIENT: "gradient",
    style.NEGATIVE: "negative",
    style.POSITIVE: "positive",
    **{colour: f"class-{digit}" for digit, colour in enumerate(style.CLASS_COLOURS)},
}
VARIABLES = {colour.lower(): f"var(--fig-{name})" for colour, name in VARIABLES.items()}
COLOUR = re.compile(r"#[0-9a-f]{6}\b", re.IGNORECASE)


def variable(colour):
    """The CSS for a colour: its variable, a mixture of ink and ground for a grey, or itself."""
    colour = colour.lower()
    if colour in VARIABLES:
        return VARIABLES[colour]
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    if not red == green == blue:
        return colour
    if red == 255:
        return "var(--fig-ground)"
    if red == 0:
        return "var(--fig-ink)"
    return f"color-mix(in srgb, var(--fig-ground) {red / 255:.0%}, var(--fig-ink))"


def follow(element):
    """Give an element of a drawing the colours of the page."""
    if "style" in element.attrib:
        element.set("style", COLOUR.sub(lambda found: variable(found[0]), element.get("style")))
    for name in ("fill", "stroke"):
        if COLOUR.fullmatch(element.get(name, "")):  # an attribute takes no variable, a style does
            colour = variable(element.attrib.pop(name))
            element.set("style", f"{name}: {colour}; {element.get('style', '')}")
