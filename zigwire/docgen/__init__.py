"""Device pages, generated from the definitions."""

from zigwire.docgen.kept import PageFault
from zigwire.docgen.site import Written, write_pages
from zigwire.docgen.subjects import UnknownModel, all_subjects, chosen

__all__ = ["PageFault", "UnknownModel", "Written", "all_subjects", "chosen", "write_pages"]
