"""From an SVG file of Matplotlib to a piece of a page."""

import re
from html import escape
from xml.etree import ElementTree

from pages.palette import follow
from pages.panels import cut

SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
SCALE = 1.4  # pixels of a page for one point of a figure, so that labels are as large as captions
SMALLEST = 11  # pixels: type below this cannot be read on a phone
PHONE = 356  # pixels of a phone's text

ElementTree.register_namespace("", SVG[1:-1])


def inline(svg, prefix, description):
    """Return the HTML of a figure.

    Parameters
    ----------
    svg : str
        As Matplotlib writes it with `svg.fonttype: none`.
    prefix : str
        Before each id, which must be unique in a page.
    description : str
        For those who do not see it.
    """
    root = ElementTree.fromstring(svg)
    _drop_what_a_page_does_not_need(root)
    panels = cut(root)
    _rename_ids(root, prefix)
    for element in root.iter():
        _shorten(element)
        follow(element)
    scale = SMALLEST / smallest_type(root)
    if len(panels) > 1:
        return _panels(root, panels, scale, prefix, description)
    return _single(root, panels[0], scale, description)


def smallest_type(root):
    """The size in points of the smallest label; indices of formulas are smaller, and may be."""
    labels = (_sizes(label) for label in root.iter(SVG + "text"))
    return min((max(sizes) for sizes in labels if sizes), default=SMALLEST)


def _sizes(label):
    styles = " ".join(element.get("style", "") for element in label.iter())
    return [float(size) for size in re.findall(r"font-size: ([\d.]+)px", styles)]


def _single(root, panel, scale, description):
    least = panel.width * scale
    root.attrib |= {"role": "img", "aria-label": description}
    drawing = _tag(root, panel, f"width: {panel.width * SCALE:.0f}px; --least: {least:.0f}px")
    if least <= PHONE:
        return drawing
    return (
        '<div class="scrolls" tabindex="0" role="group" aria-label="Figure, wider than a phone">'
        f"{drawing}</div>"
    )


def _panels(root, panels, scale, prefix, description):
    """One drawing seen through several windows, which the page arranges."""
    whole = max(panel.right for panel in panels) - min(panel.left for panel in panels)
    widest = max(panel.width for panel in panels)
    abreast = max(1, int(PHONE / (widest * scale)))
    root[:] = [_group(list(root), f"{prefix}all")]
    parts = []
    for number, panel in enumerate(panels):
        share, narrow = panel.width / whole, panel.width / widest / abreast
        most = panel.width * SCALE
        shares = f"--share: {_per_cent(share)}; --share-narrow: {_per_cent(narrow)}"
        style = f"{shares}; --most: {most:.0f}px"
        if number:
            root[:] = [ElementTree.Element(SVG + "use", {"href": f"#{prefix}all"})]
        parts.append(_tag(root, panel, style))
    return (
        f'<div class="panels" role="img" aria-label="{escape(description)}" '
        f'style="max-width: {whole * SCALE:.0f}px">{"".join(parts)}</div>'
    )


def _per_cent(share):
    """Rounded down, because panels that are too wide together do not stand side by side."""
    return f"{int(share * 10_000) / 100:.2f}%"


def _group(elements, name):
    group = ElementTree.Element(SVG + "g", {"id": name})
    group.extend(elements)
    return group


def _tag(root, panel, style):
    root.attrib |= {"class": "drawing", "viewBox": str(panel), "style": style}
    return ElementTree.tostring(root, encoding="unicode")


def _drop_what_a_page_does_not_need(root):
    """Metadata, the rule for all elements of a page, the size in points, the white ground."""
    for element in list(root):
        if element.tag == SVG + "metadata":
            root.remove(element)
    for defs in root.iter(SVG + "defs"):
        for style in defs.findall(SVG + "style"):
            defs.remove(style)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.set("stroke-linejoin", "round")
    figure = root.find(SVG + "g")
    ground = figure.find(SVG + "g") if figure is not None else None
    if ground is not None and ground.get("id") == "patch_1":
        figure.remove(ground)


def _rename_ids(root, prefix):
    """Put a prefix before each id that is referred to, and drop the others."""
    names = set()
    for element in root.iter():
        if XLINK in element.attrib:
            element.set("href", element.attrib.pop(XLINK))
        names |= set(re.findall(r"url\(#([^)]+)\)", " ".join(element.attrib.values())))
        if element.get("href", "").startswith("#"):
            names.add(element.get("href")[1:])
    for element in root.iter():
        name = element.attrib.pop("id", None)
        if name in names:
            element.set("id", prefix + name)
        for key, value in element.attrib.items():
            element.set(key, re.sub(r"url\(#", f"url(#{prefix}", value))
        if element.get("href", "").startswith("#"):
            element.set("href", f"#{prefix}{element.get('href')[1:]}")


def _shorten(element):
    """Two decimals of a point are enough for the eye."""
    for name in ("d", "x", "y", "points"):
        if name in element.attrib and element.tag != SVG + "image":
            element.set(name, _rounded(element.get(name)))
    if element.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    for text in ("text", "tail"):
        if (
            element.tag not in (SVG + "text", SVG + "tspan")
            and not (getattr(element, text) or "").strip()
        ):
            setattr(element, text, None)


def _rounded(numbers):
    shorter = re.sub(
        r"-?\d+\.\d{3,}", lambda n: f"{float(n[0]):.2f}".rstrip("0").rstrip("."), numbers
    )
    return re.sub(r"\s+", " ", shorter).strip()
