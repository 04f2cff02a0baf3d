"""The dashboard: screens and widgets on the same model, pages, logs, findings and sessions as the commands.

`watching.py` turns watches into immutable snapshots; screens hand them to widgets; widgets draw and post messages, and
never call the cluster.
"""
