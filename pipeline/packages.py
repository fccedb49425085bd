"""What damaged zip packages of XML parts (docx, xlsx, ods, odt) raise, in whichever of their parts."""

import zipfile
import zlib

from lxml import etree

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
    KeyError,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
)
