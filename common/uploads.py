"""A file from a stranger: told by its bytes, measured before it is decoded, and written anew without what it hid."""

import io
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpResponse
from django.utils.http import content_disposition_header
from PIL import Image, ImageOps

from common.phrases import mark, phrase
from common.refusals import Refusal

MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 25_000_000
# A progressive picture is gone over once per scan, and nothing limits their number but this.
MOST_PIXELS_TIMES_SCANS = 1_000_000_000
# Of one request: several screenshots at once, or one table to import.
MOST_BODY, MOST_DRAINED = 64 * 1024 * 1024, 256 * 1024 * 1024
FORMATS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}
MEDIA = {"png": "image/png", "jpeg": "image/jpeg", "pdf": "application/pdf"}
SANDBOXED = "default-src 'none'; sandbox"
_HEIF = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
_ONE_AT_A_TIME = threading.Lock()  # the largest takes some hundred megabytes while it is decoded
Image.MAX_IMAGE_PIXELS = (
    None  # Pillow's own limit only warns below its double; ours stands before any decoding
)


class FileTooLarge(Refusal):
    status = 413
    code = "too_large"
    title = mark("文件太大")
    detail = mark("一个文件最多 8 MB。请截一张图，或在相册里压小一点再传。")


class NotTaken(Refusal):
    status = 415
    code = "unsupported_media_type"
    title = mark("收不了这种文件")
    detail = mark("这里收 PNG、JPEG、WebP 图片和 PDF。视频请截几张图；别的文件请截图再传。")


class Unreadable(Refusal):
    status = 422
    code = "unreadable_file"
    title = mark("这个文件打不开")
    detail = mark("这个文件打不开，多半没有传全。请重新截一张再传。")


@dataclass(frozen=True)
class Look:
    """What a file is, and how many pixels it would take; none for a PDF."""

    kind: str
    pixels: int = 0


def look(raw: bytes) -> Look:
    """What it is by its own bytes. Refuses: FileTooLarge, NotTaken, Unreadable; nothing was decoded yet."""
    if len(raw) > MOST_BYTES:
        raise FileTooLarge()
    kind = _kind_of(raw)
    if kind == "pdf":
        if b"%%EOF" not in raw[-2048:]:
            raise Unreadable()
        return Look(kind)
    width, height = _webp_size(raw) if kind == "webp" else _size(raw, FORMATS[kind])
    pixels = width * height
    if pixels > MOST_PIXELS:
        raise Unreadable(
            phrase("这张图太大（{m} 百万像素，最多 25）。请截一张图再传。", m=pixels // 1_000_000)
        )
    if not pixels or (kind == "jpeg" and pixels * raw.count(b"\xff\xda") > MOST_PIXELS_TIMES_SCANS):
        raise Unreadable()
    return Look(kind, pixels)


def clean(raw: bytes, *, kind: str) -> bytes:
    """The same picture written anew, upright, without place, device or anything else; a PDF as it is."""
    if kind == "pdf":
        return raw
    try:
        with _ONE_AT_A_TIME, Image.open(io.BytesIO(raw), formats=[FORMATS[kind]]) as found:
            found.load()
            return _written(found, kind)
    except Exception as error:  # whatever a decoder trips over is the file's fault
        raise Unreadable() from error


def _kind_of(raw: bytes) -> str:
    if raw.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if raw.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "webp"
    if raw.startswith(b"%PDF-"):
        return "pdf"
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIF:
        raise NotTaken(
            phrase(
                "这是 HEIC 照片，多数电脑打不开。请对着照片截一张图再传；"
                "或在手机「设置 › 相机 › 格式」里选「兼容性最佳」，重新拍一张。"
            )
        )
    raise NotTaken() if raw else Unreadable(phrase("这个文件是空的，请重新选一个。"))


def _size(raw: bytes, form: str) -> tuple[int, int]:
    try:
        with Image.open(io.BytesIO(raw), formats=[form]) as found:
            return found.size
    except Exception as error:
        raise Unreadable() from error


def _webp_size(raw: bytes) -> tuple[int, int]:
    """From the head: Pillow makes room for all of a WebP's pixels as soon as it opens it."""
    chunk, body = raw[12:16], raw[20:30]
    if len(body) < 10:
        raise Unreadable()
    if chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 ":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    raise Unreadable()


def _written(picture: Image.Image, kind: str) -> bytes:
    """In place wherever it can be: a copy of the largest picture is a hundred megabytes."""
    with suppress(Exception):  # a camera that writes nonsense about itself still took a picture
        ImageOps.exif_transpose(picture, in_place=True)
    transparency = picture.info.get("transparency")
    picture.info = {} if transparency is None else {"transparency": transparency}
    out = io.BytesIO()
    if kind == "png" or picture.mode == "RGBA":
        # Writing WebP takes seconds; what is see-through becomes PNG, the rest JPEG.
        picture.save(out, "PNG", compress_level=1 if picture.width * picture.height > 4_000_000 else 6)
    else:
        plain = picture if picture.mode in ("RGB", "L") else picture.convert("RGB")
        plain.save(out, "JPEG", quality=88)
    return out.getvalue()


def chosen(request: Any, *, most: int | None = None) -> list[tuple[str, bytes]]:
    """(name, bytes) of what was chosen in a form; of each no more than it takes to see that it is too large.

    Refuses: FileTooLarge, where the body was so large that nothing of it was read.
    """
    if too_much(request):
        raise FileTooLarge()
    files = request.FILES.getlist("file")[:most]
    return [(file.name or "", file.read(MOST_BYTES + 1)) for file in files]


def too_much(request: Any) -> bool:
    """Whether the body was so large that nothing of it was read."""
    return bool(getattr(request, "too_much", False))


def media_of(content: bytes) -> str:
    """The media type of what `clean` made."""
    return MEDIA[_kind_of(content)]


def as_download(*, name: str, content: bytes) -> HttpResponse:
    """To be saved: no browser runs or shows it in our name, whatever is in it."""
    response = HttpResponse(content, content_type=media_of(content))
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Content-Security-Policy"] = SANDBOXED
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


class Quota(FileUploadHandler):
    """First of the upload handlers: a request that is too large leaves no file behind, and its view says so."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, *rest: Any, **more: Any
    ) -> None:
        if content_length > MOST_DRAINED:
            raise RequestDataTooBig()
        self.too_much = content_length > MOST_BODY

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        if self.too_much:
            self.request.too_much = True  # type: ignore[union-attr]
            raise SkipFile()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
