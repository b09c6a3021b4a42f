"""Speed, measured side by side on the machine at hand: `python -m benchmarks`. See README.md here."""
