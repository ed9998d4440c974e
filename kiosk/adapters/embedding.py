"""Fonts inside a PDF: what HarfBuzz takes from them for the glyphs that are used, with the letters they mean.

A composite font (ISO 32000-1, 9.7) whose codes are the font's own glyph numbers. TrueType outlines go into
FontFile2, PostScript ones, which is how Debian has Inter, as bare CFF into FontFile3.
"""

from __future__ import annotations

from typing import Any

from kiosk.adapters.shaping import Face, Run

_SYMBOLIC = 4
_LAYOUT = [int.from_bytes(tag, "big") for tag in (b"GSUB", b"GPOS", b"GDEF", b"DSIG")]


class Embedded:
    """A face in one document, by the name `tag` of its resources; it learns which glyphs are drawn."""

    def __init__(self, face: Face, tag: str) -> None:
        self.face, self.tag = face, tag
        self._letters: dict[int, str] = {}

    def draw(self, run: Run, size: float) -> str:
        """The operators that show a run, inside of a text object that stands at its beginning."""
        shown, rise = [f"/{self.tag} {size:.3f} Tf"], 0.0
        line: list[str] = []
        for glyph in run.glyphs:
            if glyph.letters or glyph.number not in self._letters:
                self._letters.setdefault(glyph.number, glyph.letters)
            if glyph.up != rise:
                shown, line, rise = [*shown, f"[{''.join(line)}] TJ {glyph.up * size:.3f} Ts"], [], glyph.up
            after = glyph.advance - glyph.right - self.face.width(glyph.number)
            line += [f"{-1000 * glyph.right:.1f}"] if glyph.right else []
            line += [f"<{glyph.number:04x}>", f"{-1000 * after:.1f}" if abs(after) > 1e-6 else ""]
        return " ".join([*shown, f"[{''.join(line)}] TJ", "0 Ts" if rise else ""])

    def put_into(self, doc: Any) -> None:
        """Add the font to the document's resources, once everything is drawn."""
        from reportlab.pdfbase import pdfdoc

        name = f"/SAFEBE+{self.face.name}"
        subset, kind = self._subset()
        file = pdfdoc.PDFStream(pdfdoc.PDFDictionary(kind), subset, filters=[pdfdoc.PDFZCompress])
        outlines = {"FontFile3" if kind else "FontFile2": doc.Reference(file)}
        descriptor = {"Type": "/FontDescriptor", "FontName": name, **self._measures(), **outlines}
        below = {
            "Type": "/Font",
            "Subtype": "/CIDFontType0" if kind else "/CIDFontType2",
            "BaseFont": name,
            "CIDSystemInfo": _dictionary(Registry="(Adobe)", Ordering="(Identity)", Supplement=0),
            "FontDescriptor": doc.Reference(pdfdoc.PDFDictionary(descriptor)),
            "W": pdfdoc.PDFArray(self._widths()),
            **({} if kind else {"CIDToGIDMap": "/Identity"}),
        }
        letters = pdfdoc.PDFStream(None, self._to_unicode(), filters=[pdfdoc.PDFZCompress])
        font = {
            "Type": "/Font",
            "Subtype": "/Type0",
            "BaseFont": name,
            "Encoding": "/Identity-H",
            "DescendantFonts": pdfdoc.PDFArray([doc.Reference(pdfdoc.PDFDictionary(below))]),
            "ToUnicode": doc.Reference(letters),
        }
        reference = doc.Reference(pdfdoc.PDFDictionary(font))
        doc.idToObject["BasicFonts"].dict[self.tag] = reference

    def _subset(self) -> tuple[bytes, dict[str, str]]:
        import uharfbuzz as hb

        wanted = hb.SubsetInput()
        wanted.sets(hb.SubsetInputSets.GLYPH_INDEX).update(self._letters)
        wanted.drop_table_tag_set.update(_LAYOUT)
        flags = hb.SubsetFlags
        wanted.flags = flags.RETAIN_GIDS | flags.NO_HINTING | flags.NO_LAYOUT_CLOSURE | flags.NOTDEF_OUTLINE
        made = hb.subset(self.face.hb.face, wanted)
        if "CFF " in made.table_tags:
            return bytes(made.reference_table("CFF ").data), {"Subtype": "/CIDFontType0C"}
        return bytes(made.blob.data), {}

    def _measures(self) -> dict[str, Any]:
        from reportlab.pdfbase.pdfdoc import PDFArray

        extents = self.face.hb.get_font_extents("ltr")
        up, down = (round(1000 * side / self.face.upem) for side in (extents.ascender, extents.descender))
        box = PDFArray([-500, down, 2000, up])
        told = {"Flags": _SYMBOLIC, "FontBBox": box, "ItalicAngle": 0, "Ascent": up, "Descent": down}
        return {**told, "CapHeight": round(1000 * self.face.capital), "StemV": 100}

    def _widths(self) -> list[Any]:
        from reportlab.pdfbase.pdfdoc import PDFArray

        widths = {glyph: round(1000 * self.face.width(glyph), 2) for glyph in sorted(self._letters)}
        return [part for glyph, width in widths.items() for part in (glyph, PDFArray([width]))]

    def _to_unicode(self) -> bytes:
        """A CMap as ISO 32000-1, 9.10.3 has it."""
        meant = [(glyph, letters) for glyph, letters in sorted(self._letters.items()) if letters]
        rows = [f"<{glyph:04x}> <{letters.encode('utf-16-be').hex()}>" for glyph, letters in meant]
        blocks = [rows[first : first + 100] for first in range(0, len(rows), 100)]
        body = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
        return (
            "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapType 2 def\n"
            "/CMapName /Letters def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
            f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
        ).encode("ascii")


def _dictionary(**entries: Any) -> Any:
    from reportlab.pdfbase.pdfdoc import PDFDictionary

    return PDFDictionary(entries)
