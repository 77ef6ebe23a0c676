"""Files that a stranger may send: honest ones, and those that mean harm."""

import io
import struct
import zlib

from PIL import Image, PngImagePlugin

from common import clock
from tickets.services import attachments

PLACE = "N 39.9 E 116.4"


def picture(form="PNG", size=(60, 40), **how):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **how)
    return out.getvalue()


def hand_in(ticket, given, **more):
    """These files, checked and attached as `lin`."""
    checked = attachments.check(ticket=ticket, files=given)
    return attachments.attach(ticket=ticket, files=checked, **{"name": "lin", "now": clock.now(), **more})


def with_place(form):
    """As a phone takes it: on its side, and saying where."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, PLACE
    if form != "PNG":
        return picture(form, exif=exif)
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", PLACE)
    return picture(form, exif=exif, pnginfo=said)


def png_of(width, height, *chunks, data=b""):
    """A PNG that claims to be so large, with no such pixels in it."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = [(b"IHDR", head), *chunks, (b"IDAT", data or zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in parts
    )


def webp_of(width, height):
    """A WebP whose head alone claims to be so large."""
    body = (
        b"VP8X"
        + struct.pack("<I", 10)
        + b"\0\0\0\0"
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def jpeg_of(width, height):
    raw = picture("JPEG")
    at = raw.index(b"\xff\xc0") + 5
    return raw[:at] + struct.pack(">HH", height, width) + raw[at + 4 :]


def progressive(scans):
    """A small one gone over so many times."""
    raw = picture("JPEG", size=(4000, 4000), progressive=True)
    last = raw[raw.rindex(b"\xff\xda") : -2]
    return raw[:-2] + last * scans + b"\xff\xd9"


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 300
TEXT_BOMB = png_of(
    8, 8, (b"zTXt", b"c\0\0" + zlib.compress(b"a" * 60_000_000)), data=zlib.compress(b"\0" * 72)
)
PROFILE_BOMB = png_of(
    8, 8, (b"iCCP", b"c\0\0" + zlib.compress(b"a" * 60_000_000)), data=zlib.compress(b"\0" * 72)
)
PIXEL_BOMB = png_of(4000, 4000, data=zlib.compress(b"\0" * 400_000_000, 9))

# (what it is, its bytes, status, what the sentence begins with)
HOSTILE = [
    ("nothing", b"", 422, "这个文件是空的"),
    ("an SVG", SVG, 415, "这里收 PNG、JPEG、WebP 图片和 PDF"),
    ("HTML", b"<html><script>alert(1)</script>", 415, "这里收"),
    ("a GIF", picture("GIF"), 415, "这里收"),
    ("a BMP", picture("BMP"), 415, "这里收"),
    ("a TIFF", picture("TIFF"), 415, "这里收"),
    ("a ZIP", b"PK\x03\x04" + b"\0" * 200, 415, "这里收"),
    ("a program", b"\x7fELF" + b"\0" * 200, 415, "这里收"),
    ("PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n", 415, "这里收"),
    ("a photo as HEIC", HEIC, 415, "这是 HEIC 照片"),
    ("a photo as AVIF", HEIC.replace(b"heic", b"avif"), 415, "这是 HEIC 照片"),
    ("a video", b"\0\0\0\x18ftypmp42" + b"\0" * 200, 415, "这里收"),
    ("a PDF behind other bytes", b"MZ" + PDF, 415, "这里收"),
    ("a PDF cut off", PDF[:40], 422, "这个文件打不开"),
    ("a PNG cut off", picture(size=(300, 300), compress_level=0)[:2000], 422, "这个文件打不开"),
    ("a JPEG cut off", picture("JPEG", size=(300, 300))[:700], 422, "这个文件打不开"),
    ("a WebP cut off", picture("WEBP", size=(300, 300), lossless=True)[:40], 422, "这个文件打不开"),
    ("a PNG's first bytes", b"\x89PNG\r\n\x1a\n", 422, "这个文件打不开"),
    ("a JPEG's first bytes", b"\xff\xd8\xff", 422, "这个文件打不开"),
    ("a WebP's first bytes", b"RIFF\0\0\0\0WEBP", 422, "这个文件打不开"),
    ("a PNG that is a page", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>", 422, "这个文件打不开"),
    ("30 megapixels", png_of(6000, 5000), 422, "这张图太大（30 百万像素"),
    ("30 megapixels as JPEG", jpeg_of(6000, 5000), 422, "这张图太大（30 百万像素"),
    ("30 megapixels as WebP", webp_of(6000, 5000), 422, "这张图太大（30 百万像素"),
    ("the largest PNG", png_of(2**31 - 1, 2**31 - 1), 422, "这"),
    ("the largest WebP", webp_of(2**24, 2**24), 422, "这张图太大"),
    ("no pixels", png_of(0, 9), 422, "这个文件打不开"),
    ("a hundred passes over one picture", progressive(100), 422, "这个文件打不开"),
    ("more data than pixels", PIXEL_BOMB, None, ""),  # Pillow stops at the last pixel: taken or refused, but soon
    ("a text that unpacks to 60 MB", TEXT_BOMB, None, ""),
    ("a profile that unpacks to 60 MB", PROFILE_BOMB, None, ""),
    ("8 MiB and one byte", picture() + b"\0" * (8 * 1024 * 1024), 413, "一个文件最多 8 MB"),
]  # fmt: skip
# What is a picture and something else too loses the something else.
POLYGLOTS = {
    "a PNG with a ZIP behind it": picture() + b"PK\x03\x04EVIL",
    "a PNG with a page behind it": picture() + b"<script>EVIL</script>",
    "a JPEG with a page in its comment": picture("JPEG", comment=b"<script>EVIL</script>"),
    "a JPEG with PHP behind it": picture("JPEG") + b"<?php EVIL ?>",
    "a WebP with a page behind it": picture("WEBP") + b"<script>EVIL</script>",
}
NAMES = {
    "../../etc/passwd": "passwd.png", "C:\\fakepath\\截图.PNG": "截图.png", "x.php": "x.png", "a.png.exe": "a.png.png",
    "": "png.png", ".": "png.png", "..": "png.png", ".htaccess": "htaccess.png", "a\u202egnp.exe": "agnp.png",
    "a\r\nSet-Cookie: x.png": "aSet-Cookie: x.png", 'a"; filename="b.html.png': 'a"; filename="b.html.png',
    "名" * 300 + ".png": "名" * 80 + ".png", "<script>.png": "<script>.png",
}  # fmt: skip
