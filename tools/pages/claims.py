"""A Sphinx extension: the directive `claim`, a statement of a source with the book's verdict on it.

    ```{claim} The statement, in our words.
    :source: {cite:t}`name1986`
    :verdict: wrong
    The evidence.
    ```

The verdict is true, wrong, too-strong or untested.
"""

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

STAMPS = {"true": "True", "wrong": "Wrong", "too-strong": "Too strong", "untested": "Untested"}


class Claim(nodes.container):
    """One claim: statement, source, verdict, evidence. Other builders see plain paragraphs."""


class ClaimPart(nodes.inline):
    """A stretch of a claim: the stamp, the statement, or a word for those who hear the page."""


def part(*children, kind):
    return ClaimPart("", "", *children, classes=[f"claim-{kind}"])


def spoken(word):
    """A word that is heard and not seen, because the card shows by its form what it says."""
    return part(nodes.Text(f"{word}: "), kind="spoken")


class ClaimDirective(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    option_spec = {  # noqa: RUF012
        "source": directives.unchanged_required,
        "verdict": lambda argument: directives.choice(argument, list(STAMPS)),
    }

    def inline(self, text):
        children, messages = self.state.inline_text(text, self.lineno)
        if messages:
            raise self.error(messages[0].astext())
        return children

    def run(self):
        for option in self.option_spec:
            if option not in self.options:
                raise self.error(f"a claim needs the option {option!r}")
        self.assert_has_content()
        verdict = self.options["verdict"]
        says = [spoken("Claim"), part(*self.inline(self.arguments[0]), kind="statement")]
        stamp = [spoken("Verdict"), part(nodes.Text(STAMPS[verdict]), kind="stamp")]
        evidence = nodes.container(classes=["claim-evidence"])
        self.state.nested_parse(self.content, self.content_offset, evidence)
        claim = Claim(
            "",
            nodes.paragraph("", "", *says, classes=["claim-says"]),
            nodes.paragraph("", "", *self.inline(self.options["source"]), classes=["claim-source"]),
            nodes.paragraph("", "", *stamp, classes=["claim-verdict"]),
            evidence,
            classes=["claim", f"claim-{verdict}"],
            ids=[f"claim-{self.env.new_serialno('claim') + 1}"],
        )
        self.set_source_info(claim)
        return [claim]


def visit_claim(self, node):
    identity, *labels = node["ids"]
    node.children[0]["ids"] = [f"{identity}-says"]
    self.body += [f'<span id="{label}"></span>' for label in labels]  # written before the card
    named = f'role="group" aria-labelledby="{identity}-says"'
    self.body.append(f'<div class="{" ".join(node["classes"])}" id="{identity}" {named}>\n')


def depart_claim(self, node):
    self.body.append("</div>\n")


def setup(app):
    app.add_node(Claim, html=(visit_claim, depart_claim))
    app.add_directive("claim", ClaimDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
