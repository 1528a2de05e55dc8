"""What the fraud desk and customer care may ask and decide: for the command line, and for any other desk.

Functions over the deployment's store and settings. They return data and print nothing. What they refuse is a
``DeskError``: a code for programs, and a sentence for people. Each may raise ``ivr.store.StoreUnavailableError`` too.
"""

from ivr.desk.context import Context
from ivr.desk.errors import Code, DeskError

__all__ = ["Code", "Context", "DeskError"]
