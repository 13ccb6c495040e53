"""Give the bundled faces to exports that carry live text: whole files to install, or subsets to embed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib import resources

from kitsumy_core.export.archive import Entry
from kitsumy_core.page.document import ComicDocument
from kitsumy_core.page.faces import Face, face_of
from kitsumy_core.page.vector import Run, letters

README = """These fonts set the words of this comic. Install them before you open the files in an editor,
so that the lettering keeps its shapes. They are free to use and to share under the SIL Open Font License,
whose texts lie beside them.
"""


def runs_of(document: ComicDocument) -> Iterable[Run]:
    """Yield every run of text of a document."""
    for page in document.pages:
        for letter in letters(page):
            for line in letter.block.lines:
                yield from line


def used_faces(document: ComicDocument) -> Mapping[Face, str]:
    """Return the faces that draw something, each with the characters it draws, sorted."""
    found: dict[Face, set[str]] = {}
    for run in runs_of(document):
        found.setdefault(face_of(run.face), set()).update(run.text)
    return {face: "".join(sorted(signs)) for face, signs in found.items()}


def font_files(document: ComicDocument, folder: str = "fonts/") -> list[Entry]:
    """Return the files of the faces in use with their licences."""
    faces = sorted(used_faces(document), key=lambda face: face.file)
    names = [face.file for face in faces]
    names += sorted({f"OFL-{face.file.partition('-')[0]}.txt" for face in faces})
    return [(f"{folder}{name}", _file(name)) for name in names] + [(f"{folder}README.txt", README.encode())]


@lru_cache(maxsize=32)
def subset(face: Face, signs: str) -> bytes:
    """Return a face as TrueType with the glyphs that these characters need, alternates included."""
    import uharfbuzz

    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(ord(sign) for sign in f"{signs} \u00a0")
    made = uharfbuzz.subset(uharfbuzz.Face(uharfbuzz.Blob(_file(face.file))), wanted)
    return bytes(made.blob.data)


def _file(name: str) -> bytes:
    return (resources.files("kitsumy_core.page") / "fonts" / name).read_bytes()
