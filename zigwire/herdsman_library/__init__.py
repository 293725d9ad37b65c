"""The field's own library of definitions, an npm package: which versions are here, which one is in use, how to get one.

The library is no part of Zigwire. It is fetched as its makers publish it, checked against the hashes of the lock file
beside this one (or, for another version, of its own lock file), and kept outside the program's folder.
"""

from zigwire.herdsman_library.versions import Versions, default_folder

__all__ = ["Versions", "default_folder"]
