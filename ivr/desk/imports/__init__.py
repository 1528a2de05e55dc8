"""Importing files: all lines of a file are checked before the first is stored, and each is stored once.

``files`` reads a file, ``kinds`` says what its lines mean, ``running`` stores them at the pace of ``pace``. ``writing``
writes what is stored as such a file.
"""

from ivr.desk.imports.files import Checked, Problem, check
from ivr.desk.imports.kinds import KINDS, Kind, Options
from ivr.desk.imports.running import Counts, Import
from ivr.desk.imports.writing import Written, written

__all__ = ["KINDS", "Checked", "Counts", "Import", "Kind", "Options", "Problem", "Written", "check", "written"]
