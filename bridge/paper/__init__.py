"""Documents as paper: one renderer from a document's data to text, HTML, SVG and PNG."""

from bridge.paper.drawing import Drawing
from bridge.paper.from_document import NoPaper, body_of, of_job, of_preview
from bridge.paper.model import WIDTH, Sheet
from bridge.paper.rendering import EXTENSIONS, MEDIA_TYPES, Format, Rendering, render

__all__ = [
    "EXTENSIONS",
    "MEDIA_TYPES",
    "WIDTH",
    "Drawing",
    "Format",
    "NoPaper",
    "Rendering",
    "Sheet",
    "body_of",
    "of_job",
    "of_preview",
    "render",
]
