"""The reference pages of the manual, written from the classes and tables that the program runs on.

``python -m cordboard.manual docs/reference`` writes them (``make reference``); with ``--check`` it
says which are out of date.
"""
