"""Packages of the npm registry that Zigwire uses and does not contain: fetched, checked, chosen, gone back from.

They are fetched as their makers publish them, checked against the hashes of a lock file of Zigwire's (or, for another
version, of their own), and kept outside the program's folder. Their scripts are never run.
"""

from zigwire.packages.errors import PackageError
from zigwire.packages.fetch import fetch
from zigwire.packages.package import Package, kept_in
from zigwire.packages.versions import Versions

__all__ = ["Package", "PackageError", "Versions", "fetch", "kept_in"]
