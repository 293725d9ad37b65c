"""Tells MkDocs which pages there are, and in what order: that of the lists in README.md beside this folder.

Pages at the top of the repository that README.md lists belong to the site as well. Devices have a search of their own:
with thousands of them the one for all pages would have to fetch 40 MB.
"""  # noqa: INP001 - a hook is loaded by its path

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

__all__ = ["on_config", "on_files", "on_page_markdown"]

INDEX = "README.md"
DEVICES = "devices/"
SECTION = re.compile(r"^## (.+)$")
ITEM = re.compile(r"^- \[([^\]]+)\]\((\.\./)?([^)#]+\.md)\)")
OUTSIDE = re.compile(r"(?<=\]\()\.\./([A-Z]+)\.md")
BESIDE = re.compile(r"(?<=\]\()([A-Z]+)\.md")
INSIDE = re.compile(r"(?<=\]\()docs/")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Make the navigation of the index."""
    sections: dict[str, list[dict[str, str]]] = {}
    for line in (Path(config.docs_dir) / INDEX).read_text(encoding="utf-8").splitlines():
        if heading := SECTION.match(line):
            sections[heading[1]] = []
        elif item := ITEM.match(line):
            list(sections.values())[-1].append({item[1]: item[3].lower() if item[2] else item[3]})
    config.nav = [{"All pages": INDEX}, *({title: pages} for title, pages in sections.items() if pages)]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that stand outside of the folder."""
    folder = Path(config.docs_dir)
    for name in OUTSIDE.findall((folder / INDEX).read_text(encoding="utf-8")):
        text = BESIDE.sub(_lower, (folder.parent / f"{name}.md").read_text(encoding="utf-8"))
        files.append(File.generated(config, f"{name}.md".lower(), content=INSIDE.sub("", text)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Lead links to pages outside of the folder to where they are in the site; leave devices to their own search."""
    if page.file.src_uri.startswith(DEVICES):
        page.meta["search"] = {"exclude": True}
    return OUTSIDE.sub(_lower, markdown)


def _lower(link: re.Match[str]) -> str:
    return f"{link[1].lower()}.md"
