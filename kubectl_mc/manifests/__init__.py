"""Manifests: files become plain JSON values, of which each part knows its line and column.

Values are what kubectl would send: its YAML is that of Go, where `y` is a truth value and `1:30` is a text. Nothing
here knows what a pod is.
"""
