"""Write a PDF while it is made: pages and pictures go to the file as soon as they are complete.

reportlab keeps a whole document to the end; only its fonts and lists of pages have to wait so long.
"""

from __future__ import annotations

from typing import IO, Any

from reportlab.pdfbase.pdfdoc import PDFCrossReferenceTable, PDFFile, PDFIndirectObject, PDFTrailer
from reportlab.pdfgen.canvas import Canvas


class PdfFile:
    """The file of a canvas, which writes what is left when it is saved."""

    def __init__(self, target: IO[bytes], canvas: Canvas) -> None:
        self._canvas, self._document = canvas, canvas._doc
        self._out: Any = PDFFile(self._document._pdfVersion)
        target.write(b"".join(self._out.strings))
        self._out.write = target.write
        self._document.format = self._finished

    def picture(self, name: str, entries: str, data: bytes) -> str:
        """Return the name of a picture for the page that is drawn; the first use of it writes it."""
        document, known = self._document, str(self._document.getXObjectName(name))
        if known not in document.idToObject:
            document.Reference(None, known)
            number, _ = document.idToObjectNumberAndVersion[known]
            about = f"<< /Type /XObject /Subtype /Image {entries} /Length {len(data)} >>"
            document.idToOffset[known] = self._out.add(f"{number} 0 obj\n{about}\nstream\n")
            self._out.add(data)
            self._out.add("\nendstream\nendobj\n")
        self._canvas._formsinuse.append(name)
        self._canvas._currentPageHasImages = 1
        return known

    def end_page(self) -> None:
        """End the page that is drawn and write it."""
        name = self._document.thisPageName()
        self._canvas.showPage()
        page = self._document.idToObject[name]
        self._put(name)
        self._put(page.Contents.__InternalName__)
        page.stream = page.Contents = None

    def _put(self, name: str) -> None:
        document = self._document
        content = PDFIndirectObject(name, document.idToObject[name]).format(document)
        document.idToOffset[name] = self._out.add(content)
        document.idToObject[name] = None

    def _finished(self) -> bytes:
        """Write the objects that waited and where all are; leave nothing to the library."""
        document, number = self._document, 0
        while (number := number + 1) in document.numberToId:  # writing one may bring others
            if document.numberToId[number] not in document.idToOffset:
                self._put(document.numberToId[number])
        table = PDFCrossReferenceTable()
        table.addsection(0, [document.numberToId[n] for n in range(1, number)])
        trailer = PDFTrailer(
            startxref=self._out.add(table.format(document)),
            Size=number,
            Root=document.Reference(document.Catalog),
            Info=document.Reference(document.info),
            ID=document.ID(),
        )
        self._out.add(trailer.format(document))
        return b""
