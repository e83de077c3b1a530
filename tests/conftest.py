"""Lets the tests of a folder import that folder's helpers."""
