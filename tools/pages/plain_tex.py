r"""Formulas in a line of plain text, where none can be set: `\theta_{rc}\,x^2` is 'θrc x^2'."""

# ruff: noqa: RUF001 (letters that look like others)

import re

SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "Delta": "Δ", "epsilon": "ε",
    "varepsilon": "ε", "eta": "η", "theta": "θ", "Theta": "Θ", "kappa": "κ", "lambda": "λ",
    "mu": "μ", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "φ",
    "partial": "∂", "sum": "∑", "prod": "∏", "int": "∫", "infty": "∞", "nabla": "∇",
    "times": "×", "cdot": "·", "circ": "∘", "star": "⋆", "pm": "±", "to": "→", "mapsto": "↦",
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈",
    "equiv": "≡", "in": "∈", "ll": "≪", "gg": "≫", "dots": "…", "ldots": "…", "cdots": "…",
    "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "top": "T", "uparrow": "↑",
    "quad": " ", "qquad": " ", "ell": "ℓ", "mid": "|", "bmod": " mod ", "log": "log",
    "exp": "exp", "max": "max", "min": "min", "tanh": "tanh", "sqrt": "√", "lVert": "‖",
    "rVert": "‖", "cos": "cos", "sin": "sin", "operatorname": "", "left": "", "right": "",
    "big": "", "Big": "", "bigl": "", "bigr": "", "displaystyle": "", "textstyle": "",
    "mathbf": "", "boldsymbol": "", "mathrm": "", "mathsf": "", "mathcal": "", "mathbb": "",
    "text": "", "bar": "", "hat": "", "tilde": "", "overline": "",
}  # fmt: skip
FRACTION = re.compile(r"\\[td]?frac\s*(\{[^{}]*\}|\w)\s*(\{[^{}]*\}|\w)")
COMMAND = re.compile(r"\\([A-Za-z]+)\s*")


def plain(tex):
    """Return a formula as plain text; '…' where it has what a line of text cannot show."""
    text = re.sub(r"\\[,;:!> ]|~", " ", tex)
    text = FRACTION.sub(r"\1/\2", text)
    if any(name not in SYMBOLS for name in COMMAND.findall(text)) or "\\\\" in text or "&" in text:
        return "…"
    text = COMMAND.sub(lambda match: SYMBOLS[match[1]], text)
    text = re.sub(r"\\([{}|%_#])", lambda match: "‖" if match[1] == "|" else match[1], text)
    return " ".join(re.sub(r"[{}_]", "", text).split())
