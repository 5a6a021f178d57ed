"""PDFs by hand: as small as they can be, and as wrong as somebody may make them."""

import zlib

CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
_PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F 3 0 R>>>>>>"


def pdf_of(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out = b"%PDF-1.7\n"
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    lines = b"".join(b"%010d 00000 n \n" % place for place in places)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, lines)
    end = b"trailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, len(out))
    return out + table + end


def pdf_with_pages(*contents: bytes) -> bytes:
    """One with a page for each stream of drawing commands."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(len(contents)))
    pages: list[bytes] = []
    for at, content in enumerate(contents):
        packed = zlib.compress(content, 9)
        stream = b"<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream" % (len(packed), packed)
        pages += [_PAGE % (5 + 2 * at), stream]
    return pdf_of(CATALOGUE, b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(contents)), _FONT, *pages)


def written(*lines: str) -> bytes:
    """The drawing commands for some lines of text."""
    shown = b" ".join(b"(%s) Tj 0 -20 Td" % line.encode("latin-1") for line in lines)
    return b"BT /F 12 Tf 72 700 Td %s ET" % shown
