"""Pictures from phones: recognised by content, turned upright, encoded anew: no place, device or script stays."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from models.errors import Refused
from models.visit.photos import Picture

#: What Pillow recognises by the bytes themselves.
FORMATS = ("JPEG", "PNG", "WEBP")
#: The longer side of what is kept, and of the small one in lists.
LONGEST, SMALL = 2560, 320
#: A picture that unpacks to more is no photo.
MOST_PIXELS = 80_000_000


class NoPicture(Refused):
    """The bytes are not a photo that can be kept; the message says what to do."""


def taken(data: bytes) -> Picture:
    """The picture in these bytes as it is kept. Raises NoPicture for anything but a JPEG, PNG or WebP of sane size."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(BytesIO(data), formats=FORMATS) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise NoPicture("照片像素太大，请缩小后再传")
                if opened.format in ("JPEG", "MPO"):
                    opened.draft("RGB", (LONGEST, LONGEST))
                upright = ImageOps.exif_transpose(opened)
                plain = _on_white(upright)
    except NoPicture:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NoPicture("打不开这张照片，请用 JPEG、PNG 或 WebP 格式") from error
    plain.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    width, height = plain.size
    kept = _jpeg(plain, 85)
    plain.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    return Picture(kept, _jpeg(plain, 78), width, height)


def _on_white(picture: Image.Image) -> Image.Image:
    """The pixels alone: what is transparent becomes white, whatever else the file carried is gone."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        plain = Image.new("RGB", layer.size, "white")
        plain.paste(layer, mask=layer.getchannel("A"))
        return plain
    plain = Image.new("RGB", picture.size)
    plain.paste(picture.convert("RGB"))
    return plain


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
