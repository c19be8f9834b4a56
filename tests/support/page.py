"""Reads a page as a person does: by heading, link, label, button and table caption; and checks what every page owes."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

VOID = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
    "use",
    "rect",
    "path",
}


@dataclass
class Node:
    """An element with what stands in it."""

    tag: str
    attributes: dict[str, str]
    children: list["Node | str"] = field(default_factory=list)

    def walk(self) -> "list[Node]":
        """This element and everything below it, in the order of the page."""
        found = [self]
        for child in self.children:
            if isinstance(child, Node):
                found += child.walk()
        return found

    @property
    def text(self) -> str:
        """What a reader sees, with single blanks."""
        parts = [child if isinstance(child, str) else child.text for child in self.children if not _unseen(child)]
        return " ".join(" ".join(parts).split())


def _unseen(child: "Node | str") -> bool:
    return isinstance(child, Node) and (child.tag in {"script", "style", "template"} or "hidden" in child.attributes)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if any(node.tag == tag for node in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


class Page:
    """One answer of the application, read."""

    def __init__(self, response: Any, address: str = "") -> None:
        self.status: int = response.status_code
        self.html: str = response.get_data(as_text=True)
        self.address: str = address or response.request.path
        builder = _Builder()
        builder.feed(self.html)
        self.nodes = builder.root.walk()
        self.root = builder.root

    def all(self, tag: str, **wanted: str) -> list[Node]:
        """Elements by tag and attributes (class_ matches one of the classes)."""
        return [
            node
            for node in self.nodes
            if node.tag == tag and all(_has(node, key, value) for key, value in wanted.items())
        ]

    @property
    def heading(self) -> str:
        """The one h1."""
        return self.all("h1")[0].text

    @property
    def text(self) -> str:
        """Everything a reader sees in the page's body."""
        return self.all("body")[0].text

    def links(self, text: str | None = None) -> list[str]:
        """Addresses of the links with this text, or of all."""
        return [node.attributes.get("href", "") for node in self.all("a") if text is None or node.text == text]

    def rows(self, caption: str) -> list[list[str]]:
        """The cells of a table's body, by its caption. Raises LookupError when there is no such table."""
        for table in self.all("table"):
            inside = table.walk()
            if any(node.tag == "caption" and node.text == caption for node in inside):
                bodies = [row for node in inside if node.tag == "tbody" for row in node.walk() if row.tag == "tr"]
                return [
                    [cell.text for cell in row.children if isinstance(cell, Node) and cell.tag in {"td", "th"}]
                    for row in bodies
                ]
        raise LookupError(f"no table {caption!r} among {[node.text for node in self.all('caption')]}")

    def field(self, label: str) -> Node:
        """The control a label names. Raises LookupError when there is none."""
        by_id = {node.attributes["id"]: node for node in self.nodes if "id" in node.attributes}
        for node in self.all("label"):
            if node.text.removesuffix("（可不填）").strip() == label:
                inside = [child for child in node.walk() if child.tag in {"input", "select", "textarea"}]
                return by_id[node.attributes["for"]] if "for" in node.attributes else inside[0]
        raise LookupError(f"no field {label!r} among {[node.text for node in self.all('label')]}")

    def faults(self) -> list[str]:
        """What this page owes a reader and does not give; empty when all is well."""
        found = []
        headings = [node.text for node in self.all("h1")]
        titles = [node.text for node in self.all("title")]
        if len(headings) != 1:
            found.append(f"{len(headings)} h1")
        elif not titles or not titles[0].startswith(headings[0][:8]):
            found.append(f"title {titles} does not begin with the h1 {headings[0]!r}")
        ids = [node.attributes["id"] for node in self.nodes if node.attributes.get("id")]
        found += [f"id {name} twice" for name in sorted({name for name in ids if ids.count(name) > 1})]
        found += [f"unlabelled {node.tag} {node.attributes.get('name')}" for node in self._unlabelled()]
        for form in self.all("form"):
            names = [node.attributes.get("name") for node in form.walk() if node.tag == "input"]
            if form.attributes.get("method", "").lower() == "post" and "csrf_token" not in names:
                found.append(f"form {form.attributes.get('action')} without a token")
        found += [
            f"inline {key} on {node.tag}"
            for node in self.nodes
            for key in node.attributes
            if key == "style" or key.startswith("on")
        ]
        found += [
            "inline script"
            for node in self.all("script")
            if "src" not in node.attributes and node.attributes.get("type") != "application/json"
        ]
        return found

    def _unlabelled(self) -> list[Node]:
        named = {node.attributes.get("for") for node in self.all("label")}
        wrapped = {id(child) for label in self.all("label") for child in label.walk()}
        controls = [
            node
            for node in self.nodes
            if node.tag in {"input", "select", "textarea"}
            and node.attributes.get("type") not in {"hidden", "submit", "button"}
        ]
        return [
            node
            for node in controls
            if node.attributes.get("id") not in named
            and id(node) not in wrapped
            and not node.attributes.get("aria-label")
            and not node.attributes.get("aria-labelledby")
        ]


def _has(node: Node, key: str, value: str) -> bool:
    if key == "class_":
        return value in node.attributes.get("class", "").split()
    return node.attributes.get(key) == value
