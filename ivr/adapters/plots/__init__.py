"""Figures as pictures, drawn with matplotlib, which is only loaded when one is drawn.

It knows how a picture is drawn, and nothing of where the figures are from.
"""
