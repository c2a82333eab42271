"""A Sphinx extension: everything that depends on where the book lives in public.

One setting, the environment variable CNNBOOK_REPOSITORY, names the repository on GitHub as
owner/name. While it is not set, the pages have no launch buttons, no links to a repository, no
sitemap and no previews for social media. A fork sets its own name and gets its own links.
"""

import os
import re


def public_home(repository):
    """Return the address of the repository and of its pages, for "owner/name"."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        raise ValueError(f"CNNBOOK_REPOSITORY is {repository!r}, expected owner/name")
    owner, name = repository.split("/")
    return f"https://github.com/{owner}/{name}", f"https://{owner.lower()}.github.io/{name}/"


def link_home(app, config):
    repository, pages = public_home(os.environ["CNNBOOK_REPOSITORY"])
    config.html_baseurl = config.ogp_site_url = pages
    config.ogp_social_cards = {"enable": False}  # these would need fonts from another host
    config.sitemap_url_scheme = "{link}"
    config.sitemap_show_lastmod = False
    config.sitemap_excludes = ["404.html", "genindex.html", "search.html"]
    config.html_theme_options |= {
        "repository_url": repository,
        "repository_branch": "main",
        "use_repository_button": True,
        "use_issues_button": True,
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
        },
    }


def setup(app):
    if os.environ.get("CNNBOOK_REPOSITORY"):
        app.setup_extension("sphinxext.opengraph")
        app.setup_extension("sphinx_sitemap")
        app.connect("config-inited", link_home, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
