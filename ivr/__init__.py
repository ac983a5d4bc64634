"""One queue for a county's telephone numbers, on Asterisk, with callbacks that cannot be lost."""

__version__ = "0.1.0"
