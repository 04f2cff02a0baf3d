"""A terminal inside the dashboard: what a program writes becomes a screen, what is typed becomes bytes.

The screen itself is pyte's; here is what it lacks for programs of today: an alternate screen, rows that have scrolled
away, sequences that it would draw as text.
"""
