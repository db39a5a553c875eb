"""HTML, as far as the page of a project needs it: its links, its titles, its marks."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self

VERSION = "pypi:repository-version"
MARKS = {VERSION, "api-version"}  # what indexes wrote before there was a standard for it


@dataclass(slots=True)
class Markup:
    """What a page has: links as pairs of a reference and a text, titles, marks of an index.

    `yanked` has the places of links that are marked so.
    """

    links: list[tuple[str, str]] = field(default_factory=list)
    yanked: set[int] = field(default_factory=set)
    titles: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    base: str = ""
    is_marked: bool = False
    is_closed: bool = False

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a page; broken HTML is read as far as it goes.

        Raises `ValueError` where it does not go at all.
        """
        page = cls()
        reader = _Reader(page)
        try:
            reader.feed(text)
            reader.close()
        except AssertionError as error:  # how the parser refuses some declarations
            raise ValueError(str(error)) from None
        return page


class _Reader(HTMLParser):
    """Fills in what it finds."""

    def __init__(self, page: Markup) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.texts: dict[str, list[str]] = {}
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "base" and not self.page.base:
            self.page.base = attributes.get("href") or ""
        elif tag == "meta" and attributes.get("name") in MARKS:
            self.page.is_marked = True
            if attributes["name"] == VERSION:
                self.page.versions.append(attributes.get("content") or "")
        elif tag in {"title", "h1"}:
            self.texts[tag] = []
        elif tag == "a":
            self._end_link()
            if attributes.get("href"):
                self.href, self.texts["a"] = str(attributes["href"]), []
                if "data-yanked" in attributes:
                    self.page.yanked.add(len(self.page.links))

    def handle_data(self, data: str) -> None:
        for text in self.texts.values():
            text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "html":
            self.page.is_closed = True
        elif tag == "a":
            self._end_link()
        elif tag in self.texts:
            self.page.titles.append(self._text(tag))

    def close(self) -> None:
        super().close()
        self._end_link()

    def _end_link(self) -> None:
        if "a" in self.texts:
            self.page.links.append((self.href, self._text("a")))

    def _text(self, tag: str) -> str:
        return "".join(self.texts.pop(tag)).strip()
