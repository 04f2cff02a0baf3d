"""Tests of the pure log machinery."""
